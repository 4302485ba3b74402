import type { EntraApp } from '#db/enums.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import type { Vault } from '#lib/vault/vault.ts';

/** What the worker holds and the portal does not: the vaults and the way to Microsoft. */
export interface Engines {
  /**
   * The vault of a tenant; one handle a process. Made only with `first`, so that an empty mount
   * point is never taken for a new customer: without it 'vault.unavailable' where none is there.
   */
  vault(tenantId: string, options?: { first: boolean }): Promise<Vault>;
  /** A client of its own for one holder of a mailbox lease. */
  graph(app: EntraApp, entraTid: string, signal: AbortSignal): GraphClient;
  /** True where a person or a test is watching. */
  responsive: boolean;
}
