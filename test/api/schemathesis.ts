import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Schemathesis, from the Python index, where it is there: in SCHEMATHESIS or on PATH. It makes requests
 * of the document, good ones and broken ones, and holds every answer against it.
 */
export function findSchemathesis(env: NodeJS.ProcessEnv = process.env): string | null {
  for (const program of [env.SCHEMATHESIS, 'schemathesis']) {
    if (program && spawnSync(program, ['--version']).status === 0) return program;
  }
  return null;
}

export interface FuzzOptions {
  program: string;
  /** Where the API is, `…/api/v1`. */
  url: string;
  secret: string;
  /** Ids that are there, by the name of their parameter or field: they lead deeper than made-up ones. */
  known: Record<string, string | number>;
  seconds: number;
  /** Cursors and idempotency keys too; then good requests may be refused for theirs. */
  tokens?: boolean;
  seed?: number;
  /** Hears the report as it is written. */
  hear?: (text: string) => void;
}

export interface FuzzResult {
  code: number | null;
  output: string;
  /** Answers by status, and how many there were. */
  statuses: Record<string, number>;
  requests: number;
}

export async function runSchemathesis(options: FuzzOptions): Promise<FuzzResult> {
  const { program, url, secret, known, seconds, seed, hear } = options;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-fuzz-'));
  try {
    const served = (await (await fetch(`${url}/openapi.json`)).json()) as Json;
    const document = join(folder, 'openapi.json');
    const told = options.tokens ? served : withoutTokens(served);
    await writeFile(document, JSON.stringify(withKnown(told, known)));
    await writeFile(join(folder, 'schemathesis.toml'), configuration);
    const report = join(folder, 'events.ndjson');
    const args = [
      ...['run', document, '--url', url, '--header', `Authorization: Bearer ${secret}`],
      ...['--max-time', String(seconds), '--workers', '1'],
      ...['--report-ndjson-path', report, '--request-timeout', '30', '--continue-on-failure'],
      ...['--suppress-health-check', 'all'],
      ...(options.tokens ? ['--exclude-checks', 'positive_data_acceptance'] : []),
      ...(seed === undefined ? [] : ['--seed', String(seed)]),
    ];
    // Its configuration is what is said here, whatever lies in the folder it is started from.
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const listen = (chunk: Buffer) => {
      output += chunk;
      hear?.(String(chunk));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const statuses = countStatuses(await readFile(report, 'utf8').catch(() => ''));
    const requests = Object.values(statuses).reduce((sum, count) => sum + count, 0);
    return { code, output, statuses, requests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Json = Record<string, unknown>;

/** What a request says, with ids that are there among those it may name, besides one that is not. */
function withKnown(document: Json, known: FuzzOptions['known']): Json {
  const asked = new Set<string>();
  const paths = structuredClone(document.paths) as Record<string, Record<string, Json>>;
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    operation.parameters = (operation.parameters as Json[]).map((parameter) => {
      const id = known[String(parameter.name)];
      return id === undefined
        ? parameter
        : { ...parameter, schema: { ...(parameter.schema as Json), ...choiceOf(id) } };
    });
    if (operation.requestBody === undefined) continue;
    operation.requestBody = filled(operation.requestBody, known) as Json;
    for (const ref of JSON.stringify(operation.requestBody).matchAll(/schemas\/(\w+)"/g)) {
      asked.add(ref[1]!);
    }
  }
  const components = document.components as { schemas: Record<string, Json> };
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [
    name,
    asked.has(name) ? filled(schema, known) : schema,
  ]);
  return {
    ...document,
    paths,
    components: { ...components, schemas: Object.fromEntries(schemas) },
  };
}

function filled(value: unknown, known: FuzzOptions['known']): unknown {
  if (Array.isArray(value)) return value.map((inner) => filled(inner, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key !== 'properties') return [key, filled(inner, known)];
      const properties = Object.entries(inner as Record<string, Json>).map(([name, schema]) => [
        name,
        name in known ? { ...schema, ...choiceOf(known[name]!) } : filled(schema, known),
      ]);
      return [key, Object.fromEntries(properties)];
    }),
  );
}

/**
 * Cursors are signed, and an idempotency key is good for one request: most of what is made of them is
 * refused, and with it everything beside it.
 */
function withoutTokens(document: Json): Json {
  const copy = structuredClone(document) as { paths: Record<string, Record<string, Json>> };
  for (const operation of Object.values(copy.paths).flatMap((path) => Object.values(path))) {
    operation.parameters = (operation.parameters as Json[]).filter(
      ({ name }) => name !== 'cursor' && name !== 'Idempotency-Key',
    );
  }
  return copy as unknown as Json;
}

/**
 * Good data may meet a key that was used for something else (422), a state that does not allow it (409)
 * or a plan whose time is over (410); bad data may be too long for the server (431); either may find as
 * much under way as one key may have (429). What a body of a POST names may be missing where its customer was just made, and is not what was made. No schema tells
 * whether a text holds a word of some language that must be there. One worker: two threads of Python
 * 3.11 break each other's syntax trees now and then. All checks are asked for here, since those asked
 * for on the command line count more than what is said of single operations.
 */
const configuration = `
[checks]
enabled = true
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "409", "410", "413", "415", "422", "429", "431"]
[[operations]]
include-method = "POST"
checks.ensure_resource_availability.enabled = false
[[operations]]
include-operation-id = "startSearch"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "403", "404", "409", "410", "422", "429"]
`;

const nobody = '01890000-0000-7000-8000-000000000000';

function choiceOf(known: string | number): object {
  return { enum: [known, typeof known === 'number' ? 2_000_000_000 : nobody] };
}

function countStatuses(report: string): Record<string, number> {
  const statuses: Record<string, number> = {};
  for (const match of report.matchAll(/"status_code": ?(\d{3})/g)) {
    statuses[match[1]!] = (statuses[match[1]!] ?? 0) + 1;
  }
  return statuses;
}
