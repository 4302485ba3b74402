import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { AppError } from '#lib/core/errors.ts';
import { newId } from '#lib/core/ids.ts';
import { createJobs, type JobsClient } from '#lib/jobs/client.ts';
import {
  type AccountScope,
  type BillingActivities,
  ids,
  queues,
  stories,
} from '#lib/jobs/contract.ts';
import { type BillingStage, createBillingStage } from '#test/kit/billing-stage.ts';
import { startStoryWorker } from '#test/kit/story-worker.ts';
import { startTestTemporal, type TestTemporal } from '#test/kit/temporal.ts';

/** The stories of billing on a real server, over activities that only take notes. */
describe('the stories of billing', () => {
  let temporal: TestTemporal;
  let jobs: JobsClient;
  let client: Client;
  let connection: Connection;

  before(async () => {
    temporal = await startTestTemporal();
    jobs = await createJobs(temporal.config);
    connection = await Connection.connect({ address: temporal.config.address });
    client = new Client({ connection, namespace: temporal.config.namespace });
  });
  after(async () => {
    await jobs.close();
    await connection.close();
  });

  const ended = (workflowId: string) => client.workflow.getHandle(workflowId).result();

  /** Runs a story of this stage to its end. */
  async function play(
    own: Partial<BillingActivities>,
    act: (stage: BillingStage) => Promise<unknown>,
  ): Promise<BillingStage> {
    const stage = createBillingStage(own);
    const worker = await startStoryWorker(temporal.config, { control: stage.activities });
    try {
      await act(stage);
    } finally {
      await worker.stop();
    }
    return stage;
  }

  const day = async ({ account }: BillingStage) => {
    await jobs.startAccountDay(account);
    await ended(ids.accountDay(account.accountId));
  };
  const month = async ({ account }: BillingStage) => {
    await jobs.startClosePeriod({ ...account, period: '2026-10' });
    await ended(ids.closePeriod(account.accountId, '2026-10'));
  };
  const refused = async () => {
    throw new AppError('credential.invalid', 'Stripe does not accept the secret key.');
  };

  it('a night: missed days in order, then Stripe is told, and asked', async () => {
    const { called } = await play({}, day);
    assert.deepEqual(called, [
      'syncAccount',
      'daysDue',
      'observeAccount 2026-10-30',
      'observeAccount 2026-10-31',
      'ensurePrices',
      'pushMeters',
      'reconcileAccount',
      'monthsToClose',
    ]);
  });

  it('with a key that is refused every day is observed all the same, and nothing is compared', async () => {
    const { called } = await play(
      { syncAccount: refused, ensurePrices: refused, pushMeters: refused },
      day,
    );
    assert.deepEqual(called, [
      'syncAccount',
      'daysDue',
      'observeAccount 2026-10-30',
      'observeAccount 2026-10-31',
      'ensurePrices',
      'pushMeters',
      'monthsToClose',
    ]);
  });

  it('one account’s trouble is no other’s, and a month that is over is closed', async () => {
    const other = { mspId: newId(), accountId: newId() };
    const seen: string[] = [];
    let own: AccountScope | undefined;
    const stage = await play(
      {
        listAccounts: async () => [other, own!],
        daysDue: async ({ accountId }) => {
          seen.push(accountId);
          if (accountId === other.accountId) throw new AppError('not-found', 'Nothing here.');
          return { days: [], asSeenOn: null };
        },
        monthsToClose: async () => ['2026-10'],
      },
      async (made) => {
        own = made.account;
        const workflowId = newId();
        await client.workflow.execute(stories.billingDay, {
          workflowId,
          taskQueue: queues.control,
          args: [{}],
        });
        await ended(ids.closePeriod(made.account.accountId, '2026-10'));
      },
    );
    assert.ok(seen.includes(other.accountId));
    assert.ok(stage.called.includes('finaliseClose'));
  });

  it('a month: held, observed to its end, sealed, told, compared, and only then final', async () => {
    const { called } = await play({ daysDue: async () => ({ days: [], asSeenOn: null }) }, month);
    assert.deepEqual(called, [
      'beginClose',
      'holdInvoice',
      'daysDue',
      'sealPeriod',
      'pushMeters',
      'compareClose',
      'addCloseItems',
      'compareClose money',
      'finaliseClose',
    ]);
  });

  it('a month that differs is not made final; meters that lag are waited for', async () => {
    const differs = await play({ compareClose: async () => 'differ' }, month);
    assert.equal(differs.called.at(-1), 'compareClose');
    let looks = 0;
    const lags = await play(
      { compareClose: async () => (looks++ === 0 ? 'waiting' : 'agree') },
      month,
    );
    assert.equal(lags.called.at(-1), 'finaliseClose');
    assert.equal(looks, 3);
  });

  it('what fails for good holds the month with its sentence, and the next night begins again', async () => {
    let times = 0;
    const stage = await play(
      {
        sealPeriod: async () => {
          if (times++ === 0) throw new AppError('conflict', 'No plan holds for this month.');
        },
      },
      async (made) => {
        await assert.rejects(month(made));
        await month(made);
      },
    );
    assert.ok(stage.called.includes('holdClose No plan holds for this month.'));
    assert.equal(stage.called.at(-1), 'finaliseClose');
  });

  it('a step whose worker dies is taken again, and the story goes on after it', async () => {
    let pushes = 0;
    const { called } = await play(
      {
        pushMeters: async () => {
          if (pushes++ < 2) {
            throw new AppError('source.unavailable', 'Away.', { retryable: true, retryAfterMs: 1 });
          }
        },
      },
      month,
    );
    assert.equal(called.filter((name) => name === 'pushMeters').length, 3);
    assert.equal(called.filter((name) => name === 'sealPeriod').length, 1);
    assert.equal(called.at(-1), 'finaliseClose');
  });

  it('an invoice that was final before it could be held goes on without being compared', async () => {
    let early: boolean | undefined;
    const { called } = await play(
      {
        holdInvoice: async () => 'final-already',
        finaliseClose: async (input) => {
          early = input.early;
        },
      },
      month,
    );
    assert.equal(early, true);
    assert.ok(!called.includes('compareClose'));
  });

  it('something Stripe tells sets its draft to work, and told twice does it once', async () => {
    const noticeId = `evt_${newId()}`;
    let own: AccountScope | undefined;
    let open: (() => void) | undefined;
    const toldTwice = new Promise<void>((resolve) => {
      open = resolve;
    });
    const stage = await play(
      {
        handleNotice: async () => {
          await toldTwice;
          return { ...own!, drafts: ['2026-10'], clockMoved: false };
        },
      },
      async (made) => {
        own = made.account;
        await Promise.all([
          jobs.startStripeEvent({ noticeId }),
          jobs.startStripeEvent({ noticeId }),
        ]);
        open?.();
        await ended(ids.stripeEvent(noticeId));
        await ended(ids.closePeriod(made.account.accountId, '2026-10'));
      },
    );
    assert.equal(stage.called.filter((name) => name === 'handleNotice').length, 1);
    assert.equal(stage.called.filter((name) => name === 'finaliseClose').length, 1);
  });

  it('a clock that is moved stops, and days and months pass at each stop', async () => {
    let moves = 0;
    let begun = 0;
    const { called } = await play(
      {
        nudgeClock: async ({ go }) => {
          if (go) moves++;
          return { arrived: !go, done: !go && moves === 2 };
        },
        daysDue: async () => ({ days: [], asSeenOn: null }),
        // Once it is final there is nothing to begin.
        beginClose: async () => begun++ === 0,
        monthsToClose: async () => (moves === 1 ? ['2026-10'] : []),
      },
      async ({ account }) => {
        await jobs.startMoveClock({ ...account, to: '2026-12-01T00:00:00.000Z' });
        await ended(ids.moveClock(account.accountId));
      },
    );
    assert.equal(moves, 2);
    assert.equal(called.filter((name) => name === 'finaliseClose').length, 1);
    assert.equal(called.filter((name) => name === 'pushMeters').length, 4);
  });

  it('the schedule of the night is made once, and comes early on the first of a month', async () => {
    await jobs.ensureBillingSchedule();
    await jobs.ensureBillingSchedule();
    const { spec, policies } = await client.schedule.getHandle(ids.billingSchedule).describe();
    assert.deepEqual(
      spec.calendars?.map(({ dayOfMonth, hour, minute }) =>
        [dayOfMonth, hour, minute].map((range) => [range[0]?.start, range[0]?.end]),
      ),
      [
        [
          [1, 31],
          [2, 2],
          [0, 0],
        ],
        [
          [1, 1],
          [0, 0],
          [5, 5],
        ],
      ],
    );
    assert.equal(policies.overlap, 'BUFFER_ONE');
  });
});
