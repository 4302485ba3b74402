import postgres from 'postgres';

/** What a change is about. `session` and `person` are about who may look, not about what there is. */
export const liveTopics = [
  'run',
  'restore',
  'export',
  'preview',
  'customer',
  'incident',
  'session',
  'person',
] as const;
export type LiveTopic = (typeof liveTopics)[number];

/** Ids and nothing else: whoever may know more asks for it, and is asked who they are. */
export interface LiveChange {
  topic: LiveTopic;
  mspId: string | null;
  tenantId: string | null;
  /** Of what belongs to one mailbox. */
  mailboxId: string | null;
  /** Of the run, restore, …; of a session its user, of a person the subject. */
  id: string;
}

export interface LiveEars {
  onChange(change: LiveChange): void;
  /** Heard again after a while of deafness: what happened meanwhile nobody told. */
  onGap(): void;
  onDeaf(): void;
}

export interface LiveListener {
  close(): Promise<void>;
}

const channel = 'holdfast_live';
const probeEveryMs = 20_000;
const probeMs = 5_000;
const waitMinMs = 250;
const waitMaxMs = 10_000;

/**
 * One connection that hears what the triggers of `db/migrations` tell, and connects anew when it is
 * cut, however long the server is away.
 */
export function listenForChanges(url: string, ears: LiveEars): LiveListener {
  let closed = false;
  let hearing = false;
  let waitMs = waitMinMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sql: postgres.Sql | null = null;

  const deaf = () => {
    if (!hearing) return;
    hearing = false;
    ears.onDeaf();
  };
  const again = () => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(connect, waitMs);
    timer.unref();
    waitMs = Math.min(waitMs * 2, waitMaxMs);
  };
  const cut = (which: postgres.Sql) => {
    if (sql !== which) return;
    sql = null;
    deaf();
    which.end({ timeout: 1 }).catch(() => {});
    again();
  };
  const probe = (which: postgres.Sql) => {
    if (closed || sql !== which) return;
    // A connection that was lost on the way says nothing by itself.
    const patience = setTimeout(() => cut(which), probeMs);
    patience.unref();
    which`select 1`
      .then(() => {
        clearTimeout(patience);
        timer = setTimeout(() => probe(which), probeEveryMs);
        timer.unref();
      })
      .catch(() => {
        clearTimeout(patience);
        cut(which);
      });
  };
  const connect = async () => {
    if (closed) return;
    const options: postgres.Options<Record<string, never>> & {
      onnotify: (channel: string, payload: string) => void;
    } = {
      max: 1,
      idle_timeout: 0,
      max_lifetime: null,
      connect_timeout: 10,
      fetch_types: false,
      onnotice: () => {},
      connection: { application_name: 'holdfast live' },
      onnotify: (name, payload) => {
        const change = name === channel ? parseChange(payload) : null;
        if (change) ears.onChange(change);
      },
      onclose: () => cut(own),
    };
    const own: postgres.Sql = postgres(url, options);
    sql = own;
    try {
      await own.unsafe(`listen ${channel}`);
      if (closed || sql !== own) return;
      hearing = true;
      waitMs = waitMinMs;
      ears.onGap();
      probe(own);
    } catch {
      cut(own);
    }
  };
  connect();

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      const last = sql;
      sql = null;
      await last?.end({ timeout: 2 });
    },
  };
}

const form = /^([a-z]+) ([0-9a-f-]{36}|-) ([0-9a-f-]{36}|-) ([0-9a-f-]{36}|-) ([0-9a-f.-]{1,80})$/;

/** Null for what no trigger of ours says: anybody with a login may notify. */
export function parseChange(payload: string): LiveChange | null {
  const match = form.exec(payload);
  if (match === null) return null;
  const [, topic, ...ids] = match;
  const [mspId, tenantId, mailboxId, id] = ids.map((text) => (text === '-' ? null : text));
  if (!liveTopics.includes(topic as LiveTopic) || !id) return null;
  return {
    topic: topic as LiveTopic,
    mspId: mspId ?? null,
    tenantId: tenantId ?? null,
    mailboxId: mailboxId ?? null,
    id,
  };
}
