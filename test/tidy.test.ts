import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';

/** The court: the floors of the house, and the few rules no compiler knows. */

interface Import {
  target: string;
  typeOnly: boolean;
}

const root = join(import.meta.dirname, '..');
const sources = globSync('{app,db,lib,workflows,test}/**/*.{ts,tsx}', { cwd: root })
  .concat(globSync('*.{ts,mjs}', { cwd: root }))
  .filter((file) => !file.includes('.work/') && file !== 'next-env.d.ts')
  .sort();
const text = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]));

function resolveSpecifier(from: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return specifier.slice(1);
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  return null;
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const statement =
    /(?:^|\n)\s*(import|export)\s+(type\s+)?[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?['"]([^'"]+)['"]/g;
  for (const match of text.get(file)!.matchAll(statement)) {
    const target = resolveSpecifier(file, match[3]!);
    if (target !== null) found.push({ target, typeOnly: match[2] !== undefined });
  }
  for (const match of text.get(file)!.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    const target = resolveSpecifier(file, match[1]!);
    if (target !== null) found.push({ target, typeOnly: false });
  }
  return found;
}

/** First match wins, so the narrower path stands first. `may` names the modules a module may import. */
const floors: Array<{ module: string; path: RegExp; may: string[] }> = [
  { module: 'core', path: /^lib\/core\//, may: [] },
  { module: 'targets', path: /^lib\/vault\/targets\//, may: ['core', 'vault-errors'] },
  { module: 'vault-errors', path: /^lib\/vault\/errors\.ts$/, may: ['core'] },
  { module: 'vault', path: /^lib\/vault\//, may: ['core', 'targets', 'vault-errors'] },
  { module: 'db', path: /^(db\/|drizzle\.config\.ts$)/, may: ['core'] },
  { module: 'graph', path: /^lib\/graph\//, may: ['core'] },
  { module: 'jobs', path: /^lib\/jobs\//, may: ['core'] },
  { module: 'audit', path: /^lib\/audit\//, may: ['core', 'db'] },
  { module: 'auth', path: /^lib\/auth\//, may: ['core', 'db'] },
  // What was used, what it costs, and Stripe: neither the database nor Temporal.
  { module: 'billing', path: /^lib\/billing\//, may: ['core'] },
  { module: 'exchange', path: /^lib\/exchange\//, may: ['core', 'vault', 'vault-errors', 'graph'] },
  {
    module: 'services',
    path: /^lib\/services\//,
    may: [
      'core',
      'db',
      'vault',
      'vault-errors',
      'targets',
      'graph',
      'exchange',
      'jobs',
      'audit',
      'auth',
      'billing',
    ],
  },
  {
    module: 'activities',
    path: /^workflows\/activities\//,
    may: ['core', 'services', 'jobs', 'failures'],
  },
  { module: 'failures', path: /^workflows\/failures\.ts$/, may: ['core'] },
  {
    module: 'worker',
    path: /^workflows\/worker\.ts$/,
    may: [
      'core',
      'db',
      'vault',
      'targets',
      'graph',
      'exchange',
      'services',
      'jobs',
      'audit',
      'auth',
      'activities',
      'failures',
      'vault-errors',
    ],
  },
  { module: 'workflows', path: /^workflows\//, may: ['core', 'jobs'] },
  {
    module: 'launch',
    path: /^lib\/launch\//,
    may: ['core', 'db', 'jobs', 'services', 'billing', 'vault', 'targets', 'graph', 'auth', 'api'],
  },
  // How the REST API speaks: documents, problems, cursors. What it speaks about is in services.
  { module: 'api', path: /^lib\/api\//, may: ['core'] },
  { module: 'texts', path: /^app\/_texts\//, may: ['core', 'db'] },
  // The clock and the zone a page is written for: all that a component may know of the request.
  { module: 'reading', path: /^app\/_server\/viewer\.ts$/, may: ['core'] },
  { module: 'ui', path: /^app\/_ui\//, may: ['core', 'paths', 'texts', 'reading'] },
  {
    module: 'mail',
    path: /^app\/_mail\//,
    may: ['core', 'services', 'auth', 'db', 'server', 'reading', 'ui', 'paths', 'texts'],
  },
  { module: 'paths', path: /^app\/paths\.ts$/, may: [] },
  {
    module: 'server',
    path: /^app\/_server\//,
    may: [
      'core',
      'db',
      'jobs',
      'services',
      'auth',
      'audit',
      'billing',
      'paths',
      'api',
      'texts',
      'reading',
    ],
  },
  {
    module: 'pages',
    path: /^app\//,
    may: [
      'core',
      'services',
      'auth',
      'db',
      // Months, money and shares are read as the engine writes them; pages do not reckon.
      'billing',
      'server',
      'reading',
      'ui',
      'mail',
      'paths',
      'api',
      'texts',
    ],
  },
  { module: 'edge', path: /^(proxy\.ts|next\.config\.mjs|postcss\.config\.mjs)$/, may: ['core'] },
];

function moduleOf(file: string): string | null {
  if (file.startsWith('test/')) return null;
  return floors.find((floor) => floor.path.test(file))?.module ?? null;
}

/** What the rest of the house may see of an engine. */
const vaultFace =
  /^lib\/vault\/(vault|ids|errors|keys|retention|lease|writer|reader|snapshots?|rows|verify|targets\/(target|open))\.ts$/;

describe('the floors', () => {
  it('every source file lives on a floor', () => {
    const homeless = sources.filter((file) => !file.startsWith('test/') && moduleOf(file) === null);
    assert.deepEqual(homeless, []);
  });

  it('a module imports only from the floors below it', () => {
    const offences: string[] = [];
    for (const file of sources) {
      const own = floors.find((floor) => floor.module === moduleOf(file));
      if (!own) continue;
      for (const { target, typeOnly } of importsOf(file)) {
        const other = moduleOf(target);
        if (target.startsWith('test/'))
          offences.push(`${file} imports ${target}: tests are not part of the house`);
        if (other === null || other === own.module || own.may.includes(other)) continue;
        // Workflows know the activities by type alone; the code runs outside their sandbox.
        if (own.module === 'workflows' && other === 'activities' && typeOnly) continue;
        if (own.module === 'workflows' && other === 'failures') continue;
        offences.push(`${file} (${own.module}) imports ${target} (${other})`);
      }
    }
    assert.deepEqual(offences, []);
  });

  it('outside lib/vault only its public face is used', () => {
    const offences = sources
      .filter((file) => !file.startsWith('lib/vault/') && !file.startsWith('test/'))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target }) => target.startsWith('lib/vault/') && !vaultFace.test(target))
          .map(({ target }) => `${file} imports ${target}`),
      );
    assert.deepEqual(offences, []);
  });

  it('the files that run in the browser import only what is safe there', () => {
    const safe =
      /^(app\/_ui\/|app\/_mail\/|app\/_texts\/|app\/paths\.ts|lib\/services\/[^/]+\/(input|rules|refusals)\.ts|lib\/auth\/roles\.ts|lib\/exchange\/outcome\.ts|db\/enums\.ts|lib\/core\/bytes\.ts)/;
    const offences: string[] = [];
    for (const file of sources.filter((name) => name.startsWith('app/'))) {
      if (!/^\s*(?:\/\*[\s\S]*?\*\/\s*)?['"]use client['"]/.test(text.get(file)!)) continue;
      for (const { target, typeOnly } of importsOf(file)) {
        const beside = target.startsWith('app/') && /\/(parts\/|actions\.ts)/.test(target);
        if (!typeOnly && !beside && !safe.test(target)) offences.push(`${file} imports ${target}`);
      }
    }
    assert.deepEqual(offences, []);
  });

  it('no import goes round in a circle', () => {
    const state = new Map<string, 'open' | 'done'>();
    const circles: string[] = [];
    const visit = (file: string, trail: string[]) => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      state.set(file, 'open');
      for (const { target, typeOnly } of importsOf(file)) {
        if (!typeOnly && text.has(target)) visit(target, [...trail, file]);
      }
      state.set(file, 'done');
    };
    for (const file of sources) visit(file, []);
    assert.deepEqual(circles, []);
  });

  it('every import of ours names a file that is there', () => {
    const dead = sources.flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => !existsSync(join(root, target)))
        .map(({ target }) => `${file} imports ${target}`),
    );
    assert.deepEqual(dead, []);
  });
});

describe('the rules of the house', () => {
  it('there are no barrels but the two lists that tools read', () => {
    const lists = new Set(['db/schema/index.ts', 'workflows/index.ts']);
    const barrels = sources.filter(
      (file) => /(^|\/)index\.tsx?$/.test(file) && !lists.has(file) && !file.startsWith('test/'),
    );
    const stars = sources.filter((file) => /^export \* /m.test(text.get(file)!));
    assert.deepEqual([...barrels, ...stars], []);
  });

  it('no file is a drawer', () => {
    const drawer = /(^|\/)(utils?|helpers?|misc|common|shared|types|constants|manager)\.tsx?$/;
    assert.deepEqual(
      sources.filter((file) => drawer.test(file)),
      [],
    );
  });

  it('the environment is read in one file', () => {
    const offences = sources.filter(
      (file) =>
        !file.startsWith('test/') &&
        file !== 'lib/core/config.ts' &&
        /process\.env\b/.test(text.get(file)!),
    );
    assert.deepEqual(offences, []);
  });

  it('clock and chance are read in their own files', () => {
    const wild = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/;
    const homes = new Set(['lib/core/clock.ts', 'lib/core/ids.ts']);
    const offences = sources.filter(
      (file) => !file.startsWith('test/') && !homes.has(file) && wild.test(text.get(file)!),
    );
    assert.deepEqual(offences, []);
  });

  it('what people read in pages stands in app/_texts', () => {
    // Those that still say something themselves; this list only shrinks.
    const still = ['app/api/v1/docs/page.tsx', 'app/api/v1/docs/parts/operation-entry.tsx'];
    const said = [
      // Text between tags, or after a value in them.
      /(?<![=)\s])>[^<>{}();=]*[A-Za-z]{2}[^<>{}();=]*[<{]/,
      /\}[^<>{}();=:]*[A-Za-z]{2}[^<>{}();=:]*<\//,
      // A sentence: it begins like a word with a capital, and has three words.
      /(['"`])[A-Z][A-Za-z’]*[ ,:][^'"`\n]*(?<= \S+) \S[^'"`\n]*\1/,
    ];
    // The word of a state, which stands on every list.
    const worded = sources.filter(
      (file) => /^app\/(?!_texts\/)/.test(file) && /\bword: ['"`]/.test(text.get(file)!),
    );
    assert.deepEqual(worded, []);
    const speaking = sources.filter((file) => {
      if (!/^app\/(?!_texts\/).*\.tsx$/.test(file)) return false;
      const bare = text
        .get(file)!
        .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*|^import[^;]*;$/gm, '');
      return said.some((pattern) => pattern.test(bare));
    });
    assert.deepEqual(speaking, still);
  });

  it('nothing that plain Node loads imports a component', () => {
    const offences = sources
      .filter((file) => !file.startsWith('app/'))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target, typeOnly }) => !typeOnly && target.endsWith('.tsx'))
          .map(({ target }) => `${file} imports ${target}`),
      );
    assert.deepEqual(offences, []);
  });

  it('every path cited in a document of the project exists', () => {
    const tracked = execFileSync('git', ['ls-files', '*.md'], {
      cwd: root,
      encoding: 'utf8',
    }).split('\n');
    const dead: string[] = [];
    for (const document of tracked.filter((name) => name !== '' && existsSync(join(root, name)))) {
      const body = readFileSync(join(root, document), 'utf8');
      for (const match of body.matchAll(/`((?:app|db|lib|workflows|test|docs)\/[\w./()[\]-]+)`/g)) {
        const cited = match[1]!.replace(/[.,/]+$/, '');
        if (!existsSync(join(root, cited)) && globSync(cited, { cwd: root }).length === 0) {
          dead.push(`${document} cites ${cited}`);
        }
      }
    }
    assert.deepEqual(dead, []);
  });
});
