import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Writes `parameters.json`: `node test/stripe/schema/write-schema.program.ts`, after each new version of
 * the `stripe` package. The generator needs a TypeScript older than the house's, so it comes by `npm exec`
 * for this one run and is no dependency.
 */

const generator = 'ts-json-schema-generator';
const version = '2.10.0';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const here = import.meta.dirname;
const root = join(here, '..', '..', '..');
const work = mkdtempSync(join(tmpdir(), 'stripe-schema-'));
try {
  cpSync(join(root, 'node_modules', 'stripe'), join(work, 'node_modules', 'stripe'), {
    recursive: true,
  });
  // Two types say more than requests may: a value that no version of the API knows, and the class that
  // the client turns into text.
  const shared = join(work, 'node_modules', 'stripe', 'esm', 'shared.d.ts');
  const text = readFileSync(shared, 'utf8');
  const strict = text
    .replace(/export type OtherString = [^;]+;/, 'export type OtherString = never;')
    .replace(/^.*\bDecimal\b.*$/gm, '')
    .concat('\nexport type Decimal = string | number;\n');
  if (!strict.includes('OtherString = never'))
    throw new Error('OtherString is written differently');
  writeFileSync(shared, strict);
  cpSync(join(here, 'parameters.ts'), join(work, 'parameters.ts'));
  writeFileSync(
    join(work, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        moduleResolution: 'nodenext',
        strict: true,
        skipLibCheck: true,
        types: [],
      },
      files: ['parameters.ts'],
    }),
  );
  writeFileSync(join(work, 'package.json'), '{"type":"module"}');
  execFileSync(
    'npm',
    [
      ...['exec', '--yes', `--package=${generator}@${version}`, '--', generator],
      ...['--tsconfig', 'tsconfig.json', '--path', 'parameters.ts', '--type', 'Parameters'],
      ...['--no-type-check', '--minify', '-o', 'out.json'],
    ],
    { cwd: work, stdio: 'inherit' },
  );
  const out = JSON.parse(readFileSync(join(work, 'out.json'), 'utf8')) as {
    definitions: Record<string, Json>;
  };
  const { Parameters: routes, ...definitions } = out.definitions;
  // One definition a line: a new version of the client is a difference that can be read.
  const lines = Object.entries({ Parameters: routes!, ...definitions }).map(
    ([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(withoutWords(schema))}`,
  );
  writeFileSync(join(here, 'parameters.json'), `{\n${lines.join(',\n')}\n}\n`);
} finally {
  rmSync(work, { recursive: true });
}

/** Without the descriptions, which are most of it. */
function withoutWords(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutWords);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== 'description' || typeof value !== 'string')
      .map(([key, value]) => [key, withoutWords(value)]),
  );
}
