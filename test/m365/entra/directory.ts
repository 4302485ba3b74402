import { join } from 'node:path';
import { Journal } from '../store/journal.ts';
import {
  type Account,
  type AppRegistration,
  type Organisation,
  organisations,
} from './organisations.ts';

/** An app as it stands in one organisation: its service principal. */
export interface Principal {
  clientId: string;
  tid: string;
  enabled: boolean;
  /** Application permissions granted; empty once an administrator has revoked them. */
  roles: string[];
}

type DirectoryRecord =
  | { is: 'principal'; principal: Principal }
  | { is: 'principal-gone'; clientId: string; tid: string };

/** Who exists, which apps exist, and what was consented to. Consents survive a restart. */
export class Directory {
  readonly apps: readonly AppRegistration[];
  readonly #principals = new Map<string, Principal>();
  readonly #journal: Journal<DirectoryRecord>;

  constructor(folder: string, apps: readonly AppRegistration[]) {
    this.apps = apps;
    this.#journal = Journal.open<DirectoryRecord>(join(folder, 'directory.jsonl'), (record) =>
      this.#apply(record),
    );
    for (const app of apps) {
      if (app.home && !this.principal(app.clientId, app.home)) {
        this.consent(app, app.home);
      }
    }
  }

  /** @param authority an organisation's id or domain; not `organizations` */
  organisation(authority: string): Organisation | undefined {
    const wanted = authority.toLowerCase();
    return organisations.find(({ tid, domain }) => tid === wanted || domain === wanted);
  }

  /** Who may choose an account at this authority. */
  accountsAt(authority: string): Array<{ organisation: Organisation; account: Account }> {
    const own = this.organisation(authority);
    const list = own ? [own] : isShared(authority) ? organisations : [];
    return list.flatMap((organisation) =>
      organisation.accounts.map((account) => ({ organisation, account })),
    );
  }

  app(clientId: string): AppRegistration | undefined {
    return this.apps.find((app) => app.clientId === clientId);
  }

  principal(clientId: string, tid: string): Principal | undefined {
    return this.#principals.get(`${tid} ${clientId}`);
  }

  /** What an administrator's Accept does: every permission of the registration is granted. */
  consent(app: AppRegistration, tid: string): void {
    this.#put({ clientId: app.clientId, tid, enabled: true, roles: [...app.roles] });
  }

  /** The app stays, its permissions go: tokens are issued without roles (research/graph.md §1.6). */
  revoke(clientId: string, tid: string): void {
    const principal = this.principal(clientId, tid);
    if (principal) this.#put({ ...principal, roles: [] });
  }

  setEnabled(clientId: string, tid: string, enabled: boolean): void {
    const principal = this.principal(clientId, tid);
    if (principal) this.#put({ ...principal, enabled });
  }

  remove(clientId: string, tid: string): void {
    this.#commit({ is: 'principal-gone', clientId, tid });
  }

  close(): void {
    this.#journal.close();
  }

  #put(principal: Principal): void {
    this.#commit({ is: 'principal', principal });
  }

  #commit(record: DirectoryRecord): void {
    this.#journal.append(record);
    this.#apply(record);
  }

  #apply(record: DirectoryRecord): void {
    if (record.is === 'principal') {
      const { tid, clientId } = record.principal;
      this.#principals.set(`${tid} ${clientId}`, record.principal);
    } else {
      this.#principals.delete(`${record.tid} ${record.clientId}`);
    }
  }
}

/** Authorities that belong to no single organisation. */
export function isShared(authority: string): boolean {
  return authority === 'organizations' || authority === 'common';
}
