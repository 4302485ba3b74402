import type { GraphClient } from './client.ts';
import { GraphError } from './errors.ts';

/** A user of the organisation, as far as finding mailboxes needs it (research/graph.md §3.1). */
export interface DirectoryUser {
  id: string;
  displayName: string | null;
  userPrincipalName: string;
  mail: string | null;
  accountEnabled: boolean | null;
  userType: string | null;
  assignedPlans?: Array<{ service?: string; capabilityStatus?: string }>;
}

/** `MBX:{exchange guid}@{tenant id}` of the primary mailbox. */
export interface ExchangeSettings {
  primaryMailboxId: string;
}

export type MailboxPurpose = 'user' | 'linked' | 'shared' | 'room' | 'equipment' | 'others';

const userFields = 'id,displayName,userPrincipalName,mail,accountEnabled,userType,assignedPlans';

/** All users, page by page. Shared mailboxes, rooms and equipment are users too. */
export function listUsers(client: GraphClient): AsyncGenerator<DirectoryUser> {
  return client.entries<DirectoryUser>({ path: `/users?$select=${userFields}&$top=999` });
}

/** False where the directory itself says that there is no such user, or that it lies in the recycle bin. */
export async function userExists(client: GraphClient, userId: string): Promise<boolean> {
  try {
    const found = await client.get<{ id?: string; deletedDateTime?: string | null }>(
      `/users/${encodeURIComponent(userId)}?$select=id,deletedDateTime`,
    );
    return !found?.deletedDateTime;
  } catch (err) {
    if (err instanceof GraphError && err.status === 404) return false;
    throw err;
  }
}

/** null where the user has no mailbox in Exchange Online. */
export async function exchangeSettings(
  client: GraphClient,
  userId: string,
): Promise<ExchangeSettings | null> {
  try {
    const found = await client.get<ExchangeSettings>(
      `/users/${encodeURIComponent(userId)}/settings/exchange`,
    );
    return found?.primaryMailboxId ? { primaryMailboxId: found.primaryMailboxId } : null;
  } catch (err) {
    if (err instanceof GraphError && err.status === 404) return null;
    throw err;
  }
}

/** null where Exchange does not say; for odd users it answers 403 (research/graph.md §3.2). */
export async function mailboxPurpose(
  client: GraphClient,
  userId: string,
): Promise<MailboxPurpose | null> {
  try {
    const answer = await client.get<{ value?: MailboxPurpose }>(
      `/users/${encodeURIComponent(userId)}/mailboxSettings/userPurpose`,
    );
    return answer?.value ?? null;
  } catch (err) {
    if (err instanceof GraphError && (err.status === 403 || err.status === 404)) return null;
    throw err;
  }
}
