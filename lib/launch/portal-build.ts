import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { explainFailure } from './failure.ts';
import type { ProcessTable } from './processes.ts';
import { projectFolder } from './project.ts';
import { endWithParent } from './stand-in.ts';

const nextProgram = join(projectFolder, 'node_modules', 'next', 'dist', 'bin', 'next');
const markFile = join(projectFolder, '.next', 'holdfast-sources');

/** Whether `.next` holds a build of the sources as they are now. */
export function isPortalBuilt(): boolean {
  if (!existsSync(join(projectFolder, '.next', 'BUILD_ID')) || !existsSync(markFile)) return false;
  return readFileSync(markFile, 'utf8') === hashOfSources();
}

/** Builds the portal's pages; the mark that says of which sources is written last. */
export async function buildPortal(table: ProcessTable, env: Environment): Promise<void> {
  const hash = hashOfSources();
  await rm(markFile, { force: true });
  const child = table.spawn({
    name: 'portal-build',
    program: process.execPath,
    args: [...endWithParent, nextProgram, 'build'],
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
  const printed: string[] = [];
  child.onLine((line) => printed.push(line));
  const { code } = await child.exited;
  if (code !== 0) {
    const words = `${child.lastWords()}\n${printed.slice(-6).join('\n')}`;
    throw explainFailure("The portal's build", words, child.logFile);
  }
  await writeFile(markFile, hash);
}

/** Everything a page can be made of. The tests are not part of it. */
function hashOfSources(): string {
  const files = globSync('{app,lib,db,public}/**/*', {
    cwd: projectFolder,
    exclude: ['lib/launch/**', '**/*.md'],
  })
    .concat(
      globSync('{package-lock.json,next.config.mjs,postcss.config.mjs,proxy.ts,tsconfig.json}', {
        cwd: projectFolder,
      }),
    )
    .sort();
  const hash = createHash('sha256').update(process.version);
  for (const file of files) {
    const path = join(projectFolder, file);
    try {
      const body = readFileSync(path);
      hash.update(`\0${file}\0${body.length}\0`).update(body);
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'EISDIR') throw err;
    }
  }
  return hash.digest('hex');
}
