import { whyNot } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { exportTexts } from '#app/_texts/exports.ts';

/** Why nothing can be downloaded by whoever looks; null when it can. */
export async function whyNoExport(): Promise<string | null> {
  const refused = await whyNot('exports.run');
  if (refused !== null) return refused;
  const { config } = await portalDeps();
  return config.exportFolder === null ? exportTexts.noPlace : null;
}
