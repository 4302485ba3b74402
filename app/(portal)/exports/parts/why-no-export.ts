import { whyNot } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';

/** Why nothing can be downloaded by whoever looks; null when it can. */
export async function whyNoExport(): Promise<string | null> {
  const refused = await whyNot('exports.run');
  if (refused !== null) return refused;
  const { config } = await portalDeps();
  return config.exportFolder === null
    ? 'This portal does not know where finished exports lie. Whoever runs it has to set EXPORT_FOLDER.'
    : null;
}
