import { systemClock } from '#lib/core/clock.ts';
import { sleep } from '#lib/core/concurrency.ts';
import type { ServiceContext } from '#lib/services/context.ts';
import { getRun } from '#lib/services/runs/get.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import type { RunView } from '#lib/services/runs/view.ts';
import { LaunchError } from './failure.ts';
import { progressBar } from './report.ts';

const beatMs = 200;

/** The newest run of a customer, as soon as there is one. */
export async function newestRun(
  ctx: ServiceContext,
  tenantId: string,
  waitMs: number,
): Promise<RunView> {
  const start = systemClock.monotonicMs();
  for (;;) {
    const [run] = await listRuns(ctx, { tenantId });
    if (run) return getRun(ctx, { tenantId, runId: run.id });
    if (systemClock.monotonicMs() - start > waitMs) {
      throw new LaunchError('failed', 'No backup started; the worker does not answer.');
    }
    await sleep(beatMs);
  }
}

/** Follows a run to its end with a bar in the terminal. */
export async function watchRun(
  ctx: ServiceContext,
  of: { tenantId: string; runId: string },
  label: string,
): Promise<RunView> {
  const bar = progressBar(label);
  try {
    for (;;) {
      const run = await getRun(ctx, of);
      const { stored, reused, removed, skipped, failed } = run.counts;
      bar.show({
        done: run.mailboxCounts.done,
        total: run.mailboxCounts.total,
        items: stored + reused + removed + skipped + failed,
        bytes: run.bytes,
      });
      if (run.endedAt !== null) return run;
      await sleep(beatMs);
    }
  } finally {
    bar.end();
  }
}
