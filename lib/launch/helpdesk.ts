import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { mapLimited } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import type { StandInFacts } from './stand-in.ts';

/** A folder and what is in it, as an application of the customer's own sees it. */
export interface SourceFolder {
  id: string;
  /** Names from the top, such as "Inbox/Harbour". */
  path: string;
  /** The name Graph knows it by in every language, such as `inbox`; null for people's own folders. */
  wellKnown: string | null;
  /** Whether deleted things lie here, or in a folder above. */
  bin: boolean;
}

export interface SourceMessage {
  id: string;
  folderId: string;
  /** Path of the folder. */
  folder: string;
  subject: string;
  bytes: number;
  /** SHA-256 of the MIME content, in hex. */
  sha256: string;
}

export interface SourceMailbox {
  userId: string;
  name: string;
  folders: SourceFolder[];
  messages: SourceMessage[];
}

interface GraphPage<T> {
  value: T[];
  '@odata.nextLink'?: string;
}

/** Folders that Outlook makes; the list of Graph goes on, these are the ones a demo meets. */
const wellKnownFolders = [
  ...['inbox', 'drafts', 'sentitems', 'outbox', 'archive', 'junkemail', 'conversationhistory'],
  ...['deleteditems', 'recoverableitemsdeletions', 'recoverableitemspurges'],
];
const bins = new Set(['deleteditems', 'recoverableitemsdeletions', 'recoverableitemspurges']);

/**
 * Contoso's own help-desk application: reads and deletes mail through ordinary Graph calls. The demo
 * uses it to do what people do to mailboxes, and to see the source without Holdfast's own code.
 */
export class Helpdesk {
  private readonly facts: StandInFacts;
  private readonly tid: string;
  private token = '';

  constructor(facts: StandInFacts, tid: string) {
    this.facts = facts;
    this.tid = tid;
  }

  async users(): Promise<Array<{ id: string; name: string; mail: string }>> {
    const users = await this.list<{ id: string; displayName: string; mail: string | null }>(
      '/users?$select=id,displayName,mail&$top=200',
    );
    return users.flatMap((user) =>
      user.mail ? [{ id: user.id, name: user.displayName, mail: user.mail }] : [],
    );
  }

  /** Everything in one mailbox, with a fingerprint of every message's MIME content. */
  async survey(user: { id: string; name: string }): Promise<SourceMailbox> {
    const folders = await this.folders(user.id);
    const messages: SourceMessage[] = [];
    for (const folder of folders) {
      const listed = await this.list<{ id: string; subject: string | null }>(
        `/users/${user.id}/mailFolders/${folder.id}/messages?$select=id,subject&$top=500`,
      );
      messages.push(
        ...(await mapLimited(listed, 4, async ({ id, subject }) => {
          const mime = await this.bytes(`/users/${user.id}/messages/${id}/$value`);
          const sha256 = createHash('sha256').update(mime).digest('hex');
          return {
            id,
            folderId: folder.id,
            folder: folder.path,
            subject: subject ?? '',
            bytes: mime.length,
            sha256,
          };
        })),
      );
    }
    return { userId: user.id, name: user.name, folders, messages };
  }

  async deleteMessage(userId: string, id: string): Promise<void> {
    await this.call('DELETE', `/users/${userId}/messages/${id}`);
  }

  /** As a retention rule would: nothing stays behind, not even in the bin. */
  async purgeMessage(userId: string, id: string): Promise<void> {
    await this.call('POST', `/users/${userId}/messages/${id}/permanentDelete`);
  }

  /** As when somebody leaves: the account goes, and the mailbox with it. */
  async deleteUser(userId: string): Promise<void> {
    await this.call('DELETE', `/users/${userId}`);
  }

  async deleteFolder(userId: string, id: string): Promise<void> {
    await this.call('DELETE', `/users/${userId}/mailFolders/${id}`);
  }

  private async folders(userId: string): Promise<SourceFolder[]> {
    interface Row {
      id: string;
      displayName: string;
      childFolderCount: number;
    }
    const named = new Map<string, string>();
    for (const name of wellKnownFolders) {
      const id = await this.folderNamed(userId, name);
      if (id !== null) named.set(id, name);
    }
    const found: SourceFolder[] = [];
    const walk = async (url: string, above: SourceFolder | null): Promise<void> => {
      for (const row of await this.list<Row>(`${url}?$top=200`)) {
        const wellKnown = named.get(row.id) ?? null;
        const folder = {
          id: row.id,
          path: above === null ? row.displayName : `${above.path}/${row.displayName}`,
          wellKnown,
          bin: above?.bin === true || bins.has(wellKnown ?? ''),
        };
        found.push(folder);
        if (row.childFolderCount > 0) {
          await walk(`/users/${userId}/mailFolders/${row.id}/childFolders`, folder);
        }
      }
    };
    await walk(`/users/${userId}/mailFolders`, null);
    return found;
  }

  private async folderNamed(userId: string, name: string): Promise<string | null> {
    try {
      const answer = await this.call('GET', `/users/${userId}/mailFolders/${name}?$select=id`);
      return ((await answer.json()) as { id: string }).id;
    } catch (err) {
      if (err instanceof AppError && err.data.status === 404) return null;
      throw err;
    }
  }

  private async list<T>(path: string): Promise<T[]> {
    const all: T[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer = await this.call('GET', next);
      const page = (await answer.json()) as GraphPage<T>;
      all.push(...page.value);
      next = page['@odata.nextLink'];
    }
    return all;
  }

  private async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.call('GET', path)).arrayBuffer());
  }

  private async call(method: string, path: string): Promise<Response> {
    const url = path.startsWith('https:') ? path : `${this.facts.graphUrl}/v1.0${path}`;
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          // Ids that stay the same when an item moves; the vault names items by them.
          prefer: 'IdType="ImmutableId"',
        },
      });
      if (answer.ok) return answer;
      const text = await answer.text();
      if (answer.status === 401 && attempt <= 2) this.token = await this.freshToken();
      else if ((answer.status === 429 || answer.status === 503) && attempt <= 60) {
        await wait(1_000 * Math.min(30, Number(answer.headers.get('retry-after') ?? 1)));
      } else {
        throw new AppError(
          'source.refused',
          `The mailbox service answered ${answer.status} to ${method} ${new URL(url).pathname}: ${text.slice(0, 200)}`,
          { data: { status: answer.status } },
        );
      }
    }
  }

  private async freshToken(): Promise<string> {
    const { helpdesk } = this.facts.apps;
    const answer = await fetch(`${this.facts.loginUrl}/${this.tid}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: helpdesk.clientId,
        client_secret: helpdesk.clientSecret ?? '',
        grant_type: 'client_credentials',
        scope: `${this.facts.graphUrl}/.default`,
      }),
    });
    const body = (await answer.json()) as { access_token?: string; error_description?: string };
    if (!body.access_token) {
      throw new AppError(
        'credential.invalid',
        `The help desk gets no token: ${body.error_description}`,
      );
    }
    return body.access_token;
  }
}
