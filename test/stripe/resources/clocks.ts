import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { nextDue } from '../billing/cycle.ts';
import { invalid, tooMany } from '../http/failures.ts';
import { listOf } from '../http/list.ts';
import { newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

const lifeSeconds = 30 * 86_400;

/** Clocks of their own, by which customers live through months in moments. */
export const clocks: Handlers = {
  'POST /v1/test_helpers/test_clocks': (account, { params }) => {
    const now = account.now();
    const clock: Stripe.TestHelpers.TestClock = {
      id: newId('clock'),
      object: 'test_helpers.test_clock',
      created: now,
      deletes_after: now + lifeSeconds,
      frozen_time: params.frozen_time,
      livemode: false,
      name: params.name ?? null,
      status: 'ready',
      status_details: {},
    };
    account.store.put('test clock', clock);
    account.tell('test_helpers.test_clock.created', clock);
    return clock;
  },
  'GET /v1/test_helpers/test_clocks': (account, { params, path }) =>
    listOf(account.store.all('test clock').reverse(), params, path),
  'GET /v1/test_helpers/test_clocks/:id': (account, { id }) => account.need('test clock', id),
  'DELETE /v1/test_helpers/test_clocks/:id': (account, { id }) => {
    account.need('test clock', id);
    for (const customer of account.store.all('customer')) {
      if (customer.test_clock !== id) continue;
      for (const kind of ['subscription', 'invoice', 'invoice item'] as const) {
        for (const it of account.store.all(kind)) {
          if (it.customer === customer.id) account.store.remove(kind, it.id);
        }
      }
      account.store.remove('customer', customer.id);
    }
    account.store.remove('test clock', id);
    return { id, object: 'test_helpers.test_clock', deleted: true };
  },
  'POST /v1/test_helpers/test_clocks/:id/advance': (account, { id, params }) => {
    const clock = account.need('test clock', id);
    if (clock.status === 'advancing') {
      throw tooMany(`Test clock advancement underway - cannot perform modifications: ${id}`);
    }
    const target = params.frozen_time;
    if (target <= clock.frozen_time) {
      throw invalid('A test clock can only be advanced to a time in its future.', 'frozen_time');
    }
    const limit = limitOf(account, clock);
    if (limit !== null && target > limit) {
      throw invalid(
        'You cannot advance a test clock more than two intervals of its shortest subscription at a time.',
        'frozen_time',
      );
    }
    clock.status = 'advancing';
    clock.status_details = { advancing: { target_frozen_time: target } };
    account.store.put('test clock', clock);
    account.tell('test_helpers.test_clock.advancing', clock);
    advance(account, clock, target);
    return clock;
  },
};

/** Goes on with what an ended process left on its way. */
export function resumeClocks(account: Account): void {
  for (const clock of account.store.all('test clock')) {
    const target = clock.status_details.advancing?.target_frozen_time;
    if (clock.status === 'advancing' && target !== undefined) advance(account, clock, target);
  }
}

function advance(account: Account, clock: Stripe.TestHelpers.TestClock, target: number): void {
  account.advancing.set(clock.id, clock.frozen_time);
  const step = () => {
    if (!account.advancing.has(clock.id)) return;
    const due = nextDue(account, clock.id, target);
    if (due) {
      account.advancing.set(clock.id, Math.max(due.at, account.advancing.get(clock.id)!));
      due.run();
    } else {
      account.advancing.delete(clock.id);
      clock.frozen_time = target;
      clock.status = 'ready';
      clock.status_details = {};
      account.store.put('test clock', clock);
      account.tell('test_helpers.test_clock.ready', clock);
    }
    account.store.commit();
    if (due) setImmediate(step);
  };
  setImmediate(step);
}

/** Two intervals of the shortest subscription that lives by the clock; null without any. */
function limitOf(account: Account, clock: Stripe.TestHelpers.TestClock): number | null {
  const lengths = { day: 1, week: 7, month: 31, year: 366 };
  const days = account.store
    .all('subscription')
    .filter((it) => it.test_clock === clock.id && it.status !== 'canceled')
    .flatMap((it) => it.items.data)
    .map(({ price }) => {
      const { interval, interval_count: count } = price.recurring!;
      return lengths[interval as keyof typeof lengths] * count;
    });
  return days.length === 0 ? null : clock.frozen_time + 2 * Math.min(...days) * 86_400;
}
