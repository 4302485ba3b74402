import { connection } from 'next/server';
import { portalDeps } from '#app/_server/deps.ts';

/** 200 when the portal can reach its database; what fails is said in the log, not here. */
export async function GET(): Promise<Response> {
  await connection();
  try {
    const { db } = await portalDeps();
    await db.ping();
    return Response.json({ ok: true });
  } catch {
    return Response.json({ ok: false }, { status: 503 });
  }
}
