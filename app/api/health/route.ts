import { connection } from 'next/server';
import { portalDeps } from '#app/_server/deps.ts';
import { systemClock } from '#lib/core/clock.ts';

/** Whoever asks, and how many: the database is asked this often at most. */
const heldMs = 1_000;

let last: { at: number; up: Promise<boolean> } | undefined;

/** 200 when the portal can reach its database; what fails is said in the log, not here. */
export async function GET(): Promise<Response> {
  await connection();
  const now = systemClock.monotonicMs();
  if (last === undefined || now - last.at >= heldMs) last = { at: now, up: reachesDatabase() };
  return (await last.up)
    ? Response.json({ ok: true })
    : Response.json({ ok: false }, { status: 503 });
}

async function reachesDatabase(): Promise<boolean> {
  try {
    await (await portalDeps()).db.ping();
    return true;
  } catch {
    return false;
  }
}
