import type { Change, ChangeLog } from '../store/change-log.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Call } from './call.ts';
import { GraphFailure } from './failures.ts';

/** Where a round of changes goes on. Opaque to the caller; it holds the parameters of the first request. */
interface Cursor {
  /** What it counts: `folders`, or a folder number. */
  of: string;
  mailbox: string;
  generation: number;
  after: number;
  /** Set during a first round: what was gone before it began is not told. */
  began?: number;
  select?: string;
}

const firstPage = 10;

/** An entry of a page: the resource, or that it is gone. `null`: not to be told. */
export type Render = (change: Change) => Promise<Record<string, unknown> | null>;

/**
 * One page of changes (research/graph.md §4). Every link can be followed again and gives what changed
 * after the same point.
 * @param options.of what the cursor counts; a cursor of something else is refused
 */
export async function deltaPage(
  call: Call,
  mailbox: Mailbox,
  log: ChangeLog,
  options: {
    of: string;
    context: string;
    gone: (change: Change) => Record<string, unknown>;
    render: (select: string[] | null) => Render;
    /** Moment of the change that counts for this kind; 0: none. */
    moment?: (change: Change, select: string[] | null) => number;
  },
): Promise<void> {
  const given = call.url.searchParams.get('$skiptoken') ?? call.url.searchParams.get('$deltatoken');
  const cursor =
    given === null ? begin(call, mailbox, options.of) : resume(call, mailbox, options.of, given);
  const select = cursor.select?.split(',').map((it) => it.trim()) ?? null;
  const size = call.pageSize ?? call.query.top ?? firstPage;
  const render = options.render(select);
  const value: Array<Record<string, unknown>> = [];
  let { after } = cursor;
  let more = false;
  const upTo = mailbox.sequence;

  for (const change of log.after(cursor.after)) {
    if (value.length >= size) {
      more = true;
      break;
    }
    after = change.sequence;
    if (options.moment && options.moment(change, select) <= cursor.after) continue;
    if (change.what === 'gone') {
      if (cursor.began !== undefined && change.sequence <= cursor.began) continue;
      value.push({ ...options.gone(change), '@removed': { reason: 'deleted' } });
      continue;
    }
    const entry = await render(change);
    if (entry) value.push(entry);
  }

  call.reply.header('Preference-Applied', 'odata.track-changes');
  const link = (name: string, next: Cursor) =>
    `${call.world.base}${call.url.pathname}?$${name}=${Buffer.from(JSON.stringify(next)).toString('base64url')}`;
  const { began, ...rest } = cursor;
  await call.reply.json(200, {
    '@odata.context': call.context(options.context),
    value,
    ...(more
      ? { '@odata.nextLink': link('skiptoken', { ...cursor, after }) }
      : { '@odata.deltaLink': link('deltatoken', { ...rest, after: Math.max(after, upTo) }) }),
  });
}

function begin(call: Call, mailbox: Mailbox, of: string): Cursor {
  const select = call.url.searchParams.get('$select');
  return {
    of,
    mailbox: mailbox.tag,
    generation: mailbox.generation,
    after: 0,
    began: mailbox.sequence,
    ...(select === null ? {} : { select }),
  };
}

function resume(call: Call, mailbox: Mailbox, of: string, token: string): Cursor {
  try {
    const cursor = JSON.parse(Buffer.from(token, 'base64url').toString()) as Cursor;
    const fits =
      cursor.of === of &&
      cursor.mailbox === mailbox.tag &&
      cursor.generation === mailbox.generation &&
      Number.isInteger(cursor.after);
    if (fits) return cursor;
  } catch {}
  throw new GraphFailure(
    410,
    'syncStateNotFound',
    `The sync state generation is not found; generation=0;[highest=${mailbox.generation}].`,
    { Location: `${call.world.base}${call.url.pathname}` },
  );
}
