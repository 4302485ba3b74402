import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Measured, measure } from './measure.ts';

/** Another backup program, set up to do the same job: encrypted, compressed, on a local disk. */
export interface Peer {
  name: string;
  settings: string;
  version: string;
  prepare(repository: string): Promise<unknown>;
  backup(repository: string, mail: string): Promise<Measured>;
}

const password = 'bench';

type Recipe = Omit<Peer, 'version'> & { versionOf: string[] };

const recipes: Recipe[] = [
  {
    name: 'restic',
    settings: 'compression auto',
    versionOf: ['restic', 'version'],
    prepare: (repository) =>
      measure(['restic', 'init', '--repository-version', '2'], resticEnv(repository)),
    backup: (repository, mail) =>
      measure(['restic', '-q', 'backup', '--compression', 'auto', mail], resticEnv(repository)),
  },
  {
    name: 'borg',
    settings: 'repokey-blake2, zstd,3',
    versionOf: ['borg', '--version'],
    prepare: (repository) =>
      measure(['borg', 'init', '-e', 'repokey-blake2', repository], borgEnv(repository)),
    backup: (repository, mail) =>
      measure(
        ['borg', 'create', '-C', 'zstd,3', `${repository}::{now:%Y%m%d%H%M%S%f}`, mail],
        borgEnv(repository),
      ),
  },
  {
    name: 'kopia',
    settings: 'zstd',
    versionOf: ['kopia', '--version'],
    prepare: async (repository) => {
      await measure(
        ['kopia', 'repository', 'create', 'filesystem', '--path', repository],
        kopiaEnv(repository),
      );
      await measure(
        ['kopia', 'policy', 'set', '--global', '--compression', 'zstd'],
        kopiaEnv(repository),
      );
    },
    backup: (repository, mail) =>
      measure(['kopia', 'snapshot', 'create', '--no-progress', mail], kopiaEnv(repository)),
  },
];

/** Those of the wanted that are on PATH. */
export function findPeers(wanted: string[]): { found: Peer[]; missing: string[] } {
  const found: Peer[] = [];
  const missing: string[] = [];
  for (const name of wanted) {
    const recipe = recipes.find((candidate) => candidate.name === name);
    if (!recipe) throw new Error(`there is no recipe for a peer named ${name}`);
    try {
      const [program, ...args] = recipe.versionOf;
      const text = execFileSync(program!, args, { encoding: 'utf8', stdio: 'pipe' });
      found.push({ ...recipe, version: /\d+(\.\d+)+/.exec(text)?.[0] ?? '?' });
    } catch {
      missing.push(name);
    }
  }
  return { found, missing };
}

/** Settings and caches beside the repository: nothing of the machine's own is read or left over. */
const beside = (repository: string, name: string) => join(repository, '..', name);

function resticEnv(repository: string) {
  return {
    RESTIC_REPOSITORY: repository,
    RESTIC_PASSWORD: password,
    RESTIC_CACHE_DIR: beside(repository, 'restic-cache'),
  };
}

function borgEnv(repository: string) {
  return {
    BORG_PASSPHRASE: password,
    BORG_BASE_DIR: beside(repository, 'borg-base'),
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  };
}

function kopiaEnv(repository: string) {
  return {
    KOPIA_PASSWORD: password,
    KOPIA_CONFIG_PATH: beside(repository, 'kopia.config'),
    KOPIA_CACHE_DIRECTORY: beside(repository, 'kopia-cache'),
    KOPIA_LOG_DIR: beside(repository, 'kopia-log'),
    KOPIA_CHECK_FOR_UPDATES: 'false',
  };
}
