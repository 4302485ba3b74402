import { portalDeps } from '#app/_server/deps.ts';
import { reading } from '#app/_server/viewer.ts';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { IssuedInvitation } from '#lib/services/invitations/issue.ts';

/** An invitation as the page that made it shows it, once. */
export interface ShownInvitation {
  name: string;
  url: string;
  /** In the zone of whoever reads. */
  until: string;
}

export async function shownInvitation(
  name: string,
  issued: IssuedInvitation,
): Promise<ShownInvitation> {
  const { config } = await portalDeps();
  const { zone, now } = await reading();
  return {
    name,
    url: `${config.portalUrl}${paths.invite(issued.token)}`,
    until: createWords(zone, now).moment(issued.expiresAt),
  };
}
