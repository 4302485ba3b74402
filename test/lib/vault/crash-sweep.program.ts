/**
 * Every system call instead of a selection: node test/lib/vault/crash-sweep.program.ts
 * Takes some minutes; ends with 1 at the first vault that is not whole.
 */
import { mapLimited } from '#lib/core/concurrency.ts';
import { crashAt, findCrashPoints, straceMissing } from './crash-strace.ts';

const missing = straceMissing();
if (missing) {
  console.error(`Nothing was tried: ${missing}.`);
  process.exit(2);
}
const points = await findCrashPoints(true);
let killed = 0;
await mapLimited(points, 2, async (point) => {
  if (await crashAt(point)) killed++;
});
console.log(`Killed at ${killed} of ${points.length} calls; every vault was whole after it.`);
