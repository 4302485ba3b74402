import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#lib/core/clock.ts';
import { readLaunchConfig } from '#lib/core/config.ts';
import { buildPortal, isPortalBuilt } from './portal-build.ts';
import { ProcessTable } from './processes.ts';
import { print, seconds } from './report.ts';
import { runLaunched } from './run-launched.ts';

/** `npm run build`: builds the portal's pages, unless those of these very sources are there. */

await runLaunched(async () => {
  if (isPortalBuilt()) return print('The portal is built of these sources already.');
  const start = systemClock.monotonicMs();
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-build-'));
  const table = await ProcessTable.claim(folder);
  try {
    await buildPortal(table, readLaunchConfig().inherited);
    print(`Portal built  ${seconds(systemClock.monotonicMs() - start)}`);
  } finally {
    table.release();
    await rm(folder, { recursive: true, force: true });
  }
});
