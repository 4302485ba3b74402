import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { executeRestore } from '#lib/services/restores/execute.ts';
import { planRestore } from '#lib/services/restores/plan.ts';
import { startRun } from '#lib/services/runs/start.ts';
import {
  type Customer,
  type Product,
  restoreReaches,
  runEnded,
  startProduct,
} from '#test/kit/product.ts';
import { Random } from '#test/m365/seed/random.ts';
import type { StoredItem } from '#test/m365/store/item.ts';
import type { Mailbox } from '#test/m365/store/mailbox.ts';
import type { Store } from '#test/m365/store/store.ts';

/**
 * Kills the worker (`kill -9`) at random moments of a backup or a restore, starts it again until the
 * story ends, and compares what is there with an undisturbed run. As a program:
 *
 *     node test/workflows/kill-rounds.ts --rounds 20 --kind both --seed 1
 */
export interface KillOptions {
  rounds: number;
  kind: 'backup' | 'restore' | 'both';
  seed: number;
  /** In one round at most; a round without any does not count and is played again. */
  killsMax?: number;
  /** Size of the tenant. */
  mailboxes?: number;
  messages?: number;
  report?: (line: string) => void;
}

export interface KillReport {
  kills: number;
  /** What differed from an undisturbed run; empty when all is well. */
  problems: string[];
}

export async function killRounds(options: KillOptions): Promise<KillReport> {
  const random = new Random(options.seed);
  const killsMax = options.killsMax ?? 3;
  const report = options.report ?? (() => {});
  const product = await startProduct({
    mailboxes: options.mailboxes ?? 3,
    messages: options.messages ?? 90,
  });
  const result: KillReport = { kills: 0, problems: [] };
  const note = (line: string, round: RoundResult) => {
    result.kills += round.kills.length;
    result.problems.push(...round.problems.map((problem) => `${line}: ${problem}`));
    const at = round.kills.map((ms) => `${(ms / 1000).toFixed(2)} s`).join(', ');
    const verdict = round.problems.length === 0 ? 'as undisturbed' : round.problems.join('; ');
    report(
      `${line}: killed at ${at || 'no moment'}; ended after ${(round.ms / 1000).toFixed(1)} s; ${verdict}`,
    );
  };
  try {
    await product.worker.start();
    const baseline = await undisturbedBackup(product);
    report(
      `backup undisturbed: ${(baseline.ms / 1000).toFixed(1)} s, ${baseline.content.size} mailboxes, ${[...baseline.content.values()].flat().length} items`,
    );
    if (options.kind !== 'restore') {
      for (let round = 1; round <= options.rounds; round++) {
        const play = (share: number) =>
          backupRound(product, baseline, { random, killsMax, withinMs: baseline.ms * share });
        note(`backup ${round}`, await untilKilled(play));
      }
    }
    if (options.kind !== 'backup') {
      const customer = await product.connectCustomer();
      const { runId } = await startRun(customer.ctx, { tenantId: customer.tenantId });
      await runEnded(customer, runId);
      const calm = await restoreRound(product, customer, { random, killsMax: 0, withinMs: 0 });
      note('restore undisturbed', calm);
      for (let round = 1; round <= options.rounds; round++) {
        const play = (share: number) =>
          restoreRound(product, customer, { random, killsMax, withinMs: calm.ms * share });
        note(`restore ${round}`, await untilKilled(play));
      }
    }
    return result;
  } catch (err) {
    process.stderr.write(product.worker.log.slice(-8_000));
    throw err;
  } finally {
    await product.stop();
  }
}

interface Chance {
  random: Random;
  /** 0 leaves the story alone. */
  killsMax: number;
  /** Each kill falls that long after the start, or the kill before it, at most. */
  withinMs: number;
}

/**
 * A story that ended before its first kill proves nothing, unless it ended wrong. The next one is killed
 * earlier: what is warm takes less than the undisturbed story took.
 */
async function untilKilled(play: (share: number) => Promise<RoundResult>): Promise<RoundResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await play(1 / attempt);
    if (result.kills.length > 0 || result.problems.length > 0 || attempt === 10) return result;
  }
}

interface RoundResult {
  kills: number[];
  ms: number;
  problems: string[];
}

/** Mailbox address → one line for each item: folder and identity. */
type Content = Map<string, string[]>;

interface Baseline {
  ms: number;
  content: Content;
}

async function undisturbedBackup(product: Product): Promise<Baseline> {
  const customer = await product.connectCustomer();
  const start = performance.now();
  const { runId } = await startRun(customer.ctx, { tenantId: customer.tenantId });
  const run = await runEnded(customer, runId);
  if (run.state !== 'done') throw new Error(`the undisturbed run ended ${run.state}`);
  return { ms: performance.now() - start, content: await catalogued(product, customer) };
}

async function backupRound(
  product: Product,
  baseline: Baseline,
  chance: Chance,
): Promise<RoundResult> {
  const customer = await product.connectCustomer();
  const { tenantId } = customer;
  const start = performance.now();
  const { runId } = await startRun(customer.ctx, { tenantId });
  let ended = false;
  const end = runEnded(customer, runId, 240_000).finally(() => {
    ended = true;
  });
  const kills = await killAtRandom(product, chance, start, () => ended);
  const run = await end;
  const ms = performance.now() - start;
  const problems: string[] = [];
  if (run.state !== 'done') {
    const reasons = run.mailboxes.map((mailbox) => mailbox.reason ?? mailbox.state).join(', ');
    problems.push(`the run ended ${run.state}: ${run.reason} (${reasons})`);
  }
  if (run.counts.open !== 0) problems.push(`${run.counts.open} items are unaccounted for`);
  const content = await catalogued(product, customer);
  problems.push(...differences(baseline.content, content));
  problems.push(...(await vaultAgrees(product, customer)));
  return { kills, ms, problems };
}

/** A few kills, each followed by a restart. */
async function killAtRandom(
  product: Product,
  { random, killsMax, withinMs }: Chance,
  start: number,
  ended: () => boolean,
): Promise<number[]> {
  const kills: number[] = [];
  const wanted = killsMax === 0 ? 0 : random.between(1, killsMax);
  for (let kill = 0; kill < wanted && !ended(); kill++) {
    await new Promise((resolve) => setTimeout(resolve, random.next() * withinMs));
    if (ended()) break;
    kills.push(performance.now() - start);
    await product.worker.kill();
    await product.worker.start();
  }
  return kills;
}

/** What the newest snapshot of every mailbox shows, as the catalogue has it. */
async function catalogued(product: Product, { tenantId }: Customer): Promise<Content> {
  const rows = await product.db.owner<{ address: string; line: string }[]>`
    select m.address, f.name || ' ' || i.content_id || ' ' || i.source_id as line
    from mailboxes m
    join items i on i.tenant_id = m.tenant_id and i.mailbox_id = m.id
      and i.from_seq < m.next_seq and (i.to_seq is null or i.to_seq >= m.next_seq)
    join folders f on f.tenant_id = m.tenant_id and f.mailbox_id = m.id
      and f.source_id = i.folder_id and f.to_seq is null
    where m.tenant_id = ${tenantId}`;
  return grouped(rows.map((row) => [row.address, row.line]));
}

function grouped(pairs: [string, string][]): Content {
  const content: Content = new Map();
  for (const [key, line] of pairs) {
    const lines = content.get(key);
    if (lines) lines.push(line);
    else content.set(key, [line]);
  }
  for (const lines of content.values()) lines.sort();
  return content;
}

function differences(wanted: Content, found: Content): string[] {
  const problems: string[] = [];
  for (const key of new Set([...wanted.keys(), ...found.keys()])) {
    const want = tally(wanted.get(key) ?? []);
    const have = tally(found.get(key) ?? []);
    let lost = 0;
    let extra = 0;
    for (const [line, count] of want) lost += Math.max(0, count - (have.get(line) ?? 0));
    for (const [line, count] of have) extra += Math.max(0, count - (want.get(line) ?? 0));
    if (lost + extra > 0) problems.push(`${key}: ${lost} lost, ${extra} too many`);
  }
  return problems;
}

function tally(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** The vault, opened with its target and its key alone, shows what the catalogue shows; once. */
async function vaultAgrees(product: Product, customer: Customer): Promise<string[]> {
  const { tenantId } = customer;
  const problems: string[] = [];
  await using vault = await customer.openVault();
  const rows = await product.db.owner<{ id: string; address: string; snapshots: number }[]>`
    select m.id, m.address,
      (select count(*)::int from snapshots s where s.tenant_id = m.tenant_id and s.mailbox_id = m.id) as snapshots
    from mailboxes m where m.tenant_id = ${tenantId}`;
  const reader = vault.reader();
  for (const mailbox of rows) {
    const snapshots = await reader.snapshots(mailbox.id);
    if (snapshots.length !== mailbox.snapshots) {
      problems.push(
        `${mailbox.address}: ${snapshots.length} snapshots in the vault, ${mailbox.snapshots} in the catalogue`,
      );
    }
    const newest = snapshots.at(-1);
    if (newest === undefined) continue;
    const inVault: string[] = [];
    for await (const row of (await reader.snapshot(newest.id)).items()) {
      inVault.push(`${row.key} ${row.ref} ${row.contentId}`);
      if (!(await reader.has(row.ref))) problems.push(`${mailbox.address}: an item is not there`);
    }
    const known = await product.db.owner<{ line: string }[]>`
      select source_id || ' ' || ref || ' ' || content_id as line from items
      where tenant_id = ${tenantId} and mailbox_id = ${mailbox.id} and to_seq is null`;
    problems.push(
      ...differences(
        new Map([[`vault of ${mailbox.address}`, known.map((row) => row.line)]]),
        new Map([[`vault of ${mailbox.address}`, inVault]]),
      ),
    );
  }
  return problems;
}

/** Deletes some items of the main user behind the product's back, and has them restored. */
async function restoreRound(
  product: Product,
  customer: Customer,
  chance: Chance,
): Promise<RoundResult> {
  const { ctx, tenantId } = customer;
  const { random } = chance;
  const { store } = product.standIn;
  const user = [...store.users.values()].find((candidate) => candidate.mailbox !== null)!;
  const mailbox = store.mailboxOf(user)!;
  const before = await present(store, mailbox, user.address);
  const victims = random.sample(
    [...mailbox.items.values()],
    Math.ceil(mailbox.items.size * (0.3 + random.next() * 0.5)),
  );
  for (const victim of victims) store.removeItem(mailbox, victim.item);

  const [row] = await product.db.owner<{ id: string }[]>`
    select id from mailboxes where tenant_id = ${tenantId} and entra_user_id = ${user.id}`;
  const start = performance.now();
  const { restoreId } = await planRestore(ctx, {
    tenantId,
    mailboxId: row!.id,
    sequence: 1,
    selection: { kind: 'mailbox' },
    destination: { kind: 'original' },
    collisions: 'skip',
  });
  let ended = false;
  const end = (async () => {
    const planned = await restoreReaches(customer, restoreId, ['planned', 'failed'], 240_000);
    if (planned.state === 'planned') await executeRestore(ctx, { tenantId, restoreId });
    return await restoreReaches(customer, restoreId, ['done', 'failed', 'cancelled'], 240_000);
  })().finally(() => {
    ended = true;
  });
  const kills = await killAtRandom(product, chance, start, () => ended);
  const restore = await end;
  const ms = performance.now() - start;
  const problems: string[] = [];
  if (restore.state !== 'done') problems.push(`it ended ${restore.state}: ${restore.refusal}`);
  if (restore.counts.verified !== victims.length) {
    problems.push(`${victims.length} were deleted and ${JSON.stringify(restore.counts)}`);
  }
  problems.push(...differences(before, await present(store, mailbox, user.address)));
  return { kills, ms, problems };
}

/** What is in a mailbox of the stand-in: folder and bytes of every item, whatever its id. */
async function present(store: Store, mailbox: Mailbox, address: string): Promise<Content> {
  const pairs: [string, string][] = [];
  for (const item of mailbox.items.values()) {
    const folder = mailbox.folders.get(item.folder)?.name ?? '?';
    pairs.push([address, `${folder} ${item.itemClass} ${await print(store, item)}`]);
  }
  return grouped(pairs);
}

async function print(store: Store, item: StoredItem): Promise<string> {
  const bytes = item.mail
    ? await store.content.read(item.mail.content)
    : JSON.stringify(item.resource);
  return createHash('sha256').update(bytes).digest('hex');
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '20' },
      kind: { type: 'string', default: 'both' },
      seed: { type: 'string', default: '1' },
      mailboxes: { type: 'string' },
      messages: { type: 'string' },
    },
  });
  const result = await killRounds({
    rounds: Number(values.rounds),
    kind: values.kind as KillOptions['kind'],
    seed: Number(values.seed),
    ...(values.mailboxes ? { mailboxes: Number(values.mailboxes) } : {}),
    ...(values.messages ? { messages: Number(values.messages) } : {}),
    report: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(
    `${result.kills} kills, ${result.problems.length} problems\n${result.problems.join('\n')}\n`,
  );
  // The servers of the kit end with this process.
  process.exit(result.problems.length === 0 ? 0 : 1);
}
