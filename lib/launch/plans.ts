import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openDatabase } from '#db/client.ts';
import { dayOf, nextPeriod, periodOf } from '#lib/billing/days.ts';
import { systemClock } from '#lib/core/clock.ts';
import { exitOnBadConfig } from '#lib/core/config.ts';
import { AppError, isAppError } from '#lib/core/errors.ts';
import { addOperatorVersion, listOperatorPlans } from '#lib/services/billing/operator-plans.ts';
import { exitCodeOf } from './failure.ts';
import { operatorsHouse } from './operators-house.ts';
import { print } from './report.ts';

/**
 * The operator's price lists: `npm run plans` shows them, and
 * `npm run plans -- add NAME TERMS.json [--from 2026-12] [--msp ID]` adds a version, or a list. For the
 * database of `DATABASE_URL`, with its owner's rights, or for the one of a running `npm start`.
 */

const usage = 'npm run plans  or  npm run plans -- add NAME TERMS.json [--from 2026-12] [--msp ID]';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { from: { type: 'string' }, msp: { type: 'string' } },
  });
  const db = openDatabase(operatorsHouse().ownerUrl, { connections: 1 });
  try {
    if (positionals.length === 0) return await show(db);
    const [act, name, file, ...more] = positionals;
    if (act !== 'add' || !name || !file || more.length > 0) {
      throw new AppError('config.invalid', `Write ${usage}`);
    }
    const { version } = await addOperatorVersion(db, systemClock, {
      name,
      mspId: values.msp ?? null,
      from: values.from ?? nextPeriod(periodOf(dayOf(systemClock.now()))),
      terms: readTerms(file),
      by: 'npm run plans',
    });
    print(`${name}: version ${version} is added.`);
  } finally {
    await db.close();
  }
}

async function show(db: Parameters<typeof listOperatorPlans>[0]): Promise<void> {
  const found = await listOperatorPlans(db);
  if (found.length === 0) print(`There is no price list. Add one: ${usage}`);
  for (const { name, mspId, versions } of found) {
    print(`${name}${mspId === null ? '' : `, for ${mspId} alone`}`);
    for (const { version, from, terms } of versions) {
      print(`  version ${version}, from ${from}: ${JSON.stringify(terms)}`);
    }
  }
}

function readTerms(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (err) {
    throw new AppError(
      'input.invalid',
      `${file} cannot be read as JSON: ${err instanceof Error ? err.message : err}`,
    );
  }
}

await main().catch((err: unknown) => {
  if (isAppError(err) && err.code !== 'config.invalid') {
    process.stderr.write(`${err.message}\n`);
    process.exit(exitCodeOf(err));
  }
  exitOnBadConfig(err);
});
