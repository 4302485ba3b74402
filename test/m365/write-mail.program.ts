import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seedTenant } from './seed/tenant.ts';
import type { StoredFolder } from './store/item.ts';
import type { Mailbox } from './store/mailbox.ts';
import { Store } from './store/store.ts';

/**
 * `node test/m365/write-mail.program.ts --out DIR [--mailboxes 50] [--messages 20000] [--scale 4]`
 * writes the seeded mail as a folder of folders of .eml, one for each mailbox: for benches of the
 * vault, and for other backup programs to be measured against.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      seed: { type: 'string', default: '7' },
      mailboxes: { type: 'string', default: '14' },
      messages: { type: 'string', default: '2000' },
      scale: { type: 'string', default: '1' },
    },
  });
  if (!values.out) throw new Error('--out DIR is needed');
  const work = await mkdtemp(join(tmpdir(), 'm365-write-'));
  const store = await Store.open(work);
  try {
    await store.fill(() =>
      seedTenant(store, {
        seed: Number(values.seed),
        mailboxes: Number(values.mailboxes),
        messages: Number(values.messages),
        largeFolder: 0,
        scale: Number(values.scale),
      }),
    );
    let files = 0;
    let bytes = 0;
    for (const user of store.users.values()) {
      const mailbox = store.mailboxOf(user);
      if (!mailbox) continue;
      for (const folder of mailbox.folders.values()) {
        const path = join(values.out, user.address.split('@')[0]!, ...pathOf(mailbox, folder));
        for (const item of mailbox.itemsIn(folder.folder)) {
          if (!item.mail) continue;
          await mkdir(path, { recursive: true });
          const message = await store.content.read(item.mail.content);
          await writeFile(join(path, `${String(item.item).padStart(6, '0')}.eml`), message);
          files++;
          bytes += message.length;
        }
      }
    }
    process.stdout.write(`${JSON.stringify({ out: values.out, files, bytes })}\n`);
  } finally {
    await store.close();
    await rm(work, { recursive: true });
  }
}

/** Names from the top; the number tells siblings of one name apart. */
function pathOf(mailbox: Mailbox, folder: StoredFolder): string[] {
  const names: string[] = [];
  for (let at: StoredFolder | undefined = folder; at; at = mailbox.folders.get(at.parent ?? -1)) {
    if (at.wellKnown === 'msgfolderroot') break;
    const twins = mailbox.childrenOf(at.parent ?? -1).filter((it) => it.name === at!.name);
    const name = at.name.replace(/[/\\]/g, '_');
    names.unshift(twins.length > 1 ? `${name} ${at.folder}` : name);
  }
  return names;
}

main().catch((err: unknown) => {
  process.stderr.write(`${err instanceof Error ? err.message : err}\n`);
  process.exit(1);
});
