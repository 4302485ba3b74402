import { z } from 'zod';
import { requirePermission, type ServiceContext } from '../context.ts';
import { type Day, daysOf } from '../coverage/days.ts';
import { coverageInput } from '../coverage/input.ts';
import { parse } from '../input.ts';
import { withScope } from '../transaction.ts';
import { countNight } from './store.ts';

/** Ten minutes of the night. */
export interface NightSlot {
  at: Date;
  complete: number;
  running: number;
  stopped: number;
}

export interface Night {
  from: Date;
  slots: NightSlot[];
  total: number;
}

const nightInput = z.object({ zone: coverageInput.shape.zone });
const slotMs = 10 * 60_000;
const eveningHour = 18;

/** How the runs since the evening went. */
export async function nightOfFleet(
  ctx: ServiceContext,
  input: z.input<typeof nightInput>,
): Promise<Night> {
  requirePermission(ctx, 'customers.read');
  const { zone } = parse(nightInput, input);
  const now = ctx.clock.now();
  const from = evening(daysOf(zone, now, 2), now);
  const counted = await withScope(ctx.db, { mspId: ctx.mspId, tenantId: null }, (tx) =>
    countNight(tx, ctx.mspId, from, slotMs),
  );
  const known = new Map(counted.map((slot) => [slot.slot, slot]));
  const count = Math.max(1, Math.ceil((now.getTime() - from.getTime()) / slotMs));
  const slots = Array.from({ length: count }, (_, slot) => {
    const { complete = 0, running = 0, stopped = 0 } = known.get(slot) ?? {};
    return { at: new Date(from.getTime() + slot * slotMs), complete, running, stopped };
  });
  const total = slots.reduce((sum, it) => sum + it.complete + it.running + it.stopped, 0);
  return { from, slots, total };
}

/** Six in the evening, the last one that is over. */
function evening(days: readonly Day[], now: Date): Date {
  const starts = days.map(({ start }) => new Date(start.getTime() + eveningHour * 3_600_000));
  return starts.reverse().find((at) => at <= now) ?? starts.at(-1)!;
}
