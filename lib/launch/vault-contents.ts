import { createHash } from 'node:crypto';
import { systemClock } from '#lib/core/clock.ts';
import { keyFile } from '#lib/vault/keys.ts';
import { openTarget } from '#lib/vault/targets/open.ts';
import { Vault } from '#lib/vault/vault.ts';

/** What a vault holds, read with its folder and its key and nothing else. */
export interface VaultContents {
  /** SHA-256 of the readable form of every message of the newest snapshot, by source id. */
  messages(mailboxId: string): Promise<Map<string, string>>;
  close(): Promise<void>;
}

export async function vaultContents(at: {
  target: URL;
  keyPath: string;
  tenantId: string;
}): Promise<VaultContents> {
  const vault = await Vault.open({
    target: openTarget(at.target, at.tenantId),
    keys: await keyFile(at.keyPath),
    tenantId: at.tenantId,
    clock: systemClock,
  });
  const reader = vault.reader();
  return {
    async messages(mailboxId) {
      const found = new Map<string, string>();
      const newest = (await reader.snapshots(mailboxId)).sort((a, b) => b.sequence - a.sequence)[0];
      if (!newest) return found;
      const snapshot = await reader.snapshot(newest.id);
      for await (const row of snapshot.items()) {
        if (row.kind !== 'message') continue;
        const readable = await reader.openReadable(row.ref);
        if (readable === null) continue;
        const hash = createHash('sha256');
        for await (const chunk of readable.body) hash.update(chunk);
        found.set(row.key, hash.digest('hex'));
      }
      return found;
    },
    close: async () => vault[Symbol.asyncDispose](),
  };
}
