import { parseArgs } from 'node:util';
import { knownIds } from './known-ids.ts';
import { findSchemathesis, runSchemathesis } from './schemathesis.ts';
import { openWholeHouse } from './whole-house.ts';

/** `npm run fuzz:api [-- --seconds N --seed N]`: schemathesis against a whole house of its own. */

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, seed: { type: 'string' } },
});
const program = findSchemathesis();
if (program === null) {
  process.stderr.write(
    'schemathesis is not here. Install it (pip install schemathesis), or name it in SCHEMATHESIS.\n',
  );
  process.exit(2);
}
const whole = await openWholeHouse();
try {
  const known = await knownIds(whole.send, whole.tenantId);
  for (const tokens of [false, true]) {
    const { code, statuses, requests } = await runSchemathesis({
      program,
      url: `${whole.house.portalUrl}/api/v1`,
      secret: whole.secret,
      known,
      tokens,
      seconds: Math.ceil(Number(values.seconds) * (tokens ? 0.25 : 0.75)),
      ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
      hear: (text) => process.stdout.write(text),
    });
    process.stdout.write(`\n${requests} answers by status: ${JSON.stringify(statuses)}\n`);
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  await whole.close();
}
