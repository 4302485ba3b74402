import { existsSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { newToken } from '#lib/core/ids.ts';

/** What is made once for a data folder and never shown. */
export interface Secrets {
  databaseOwner: string;
  databasePortal: string;
  databaseWorker: string;
  session: string;
}

/** Reads `<dataFolder>/secrets.json`, or makes it with fresh values and mode 0600. */
export async function keptSecrets(dataFolder: string): Promise<Secrets> {
  const file = join(dataFolder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets;
  const secrets: Secrets = {
    databaseOwner: newToken(),
    databasePortal: newToken(),
    databaseWorker: newToken(),
    session: newToken(),
  };
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(JSON.stringify(secrets, null, 2));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  return secrets;
}
