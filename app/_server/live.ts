import type { LiveChange } from '#db/listen.ts';
import { endsStream, type LiveViewer, mayHear } from '#lib/services/live/concerns.ts';
import { portalDeps } from './deps.ts';

/** A page asks again when told; this often at most. */
const spacingMs = 1_000;
const beatMs = 20_000;
/** Then the browser comes back by itself, and is asked again who it is. */
const lifeMs = 10 * 60_000;
const streamsMax = 16;
/** A browser that reads nothing is let go before what waits for it grows. */
const unreadMax = 64;

interface Stream {
  viewer: LiveViewer;
  tell(change: LiveChange): void;
  state(live: boolean): void;
  end(): void;
}

interface Hub {
  streams: Set<Stream>;
  live: boolean;
}

const home = globalThis as typeof globalThis & { holdfastLive?: Hub };

/** One for each process: all its streams hear what one connection hears. */
async function hub(): Promise<Hub> {
  if (home.holdfastLive) return home.holdfastLive;
  const { changes } = await portalDeps();
  if (home.holdfastLive) return home.holdfastLive;
  const made: Hub = { streams: new Set(), live: changes.hearing };
  home.holdfastLive = made;
  const all = (live: boolean) => {
    made.live = live;
    for (const stream of made.streams) stream.state(live);
  };
  changes.subscribe({
    onChange: (change) => {
      for (const stream of made.streams) {
        if (endsStream(stream.viewer, change)) stream.end();
        else if (mayHear(stream.viewer, change)) stream.tell(change);
      }
    },
    onGap: () => all(true),
    onDeaf: () => all(false),
  });
  process.once('SIGTERM', () => {
    for (const stream of made.streams) stream.end();
  });
  return made;
}

/** Server-sent events for one browser: ids of what has changed within the viewer's reach. */
export async function openLiveStream(viewer: LiveViewer, gone: AbortSignal): Promise<Response> {
  const { streams, live } = await hub();
  const own = [...streams].filter(({ viewer: other }) => other.userId === viewer.userId);
  if (own.length >= streamsMax) own[0]!.end();

  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let waiting = new Map<string, [string, string | null, string]>();
      let flushing: ReturnType<typeof setTimeout> | undefined;
      const write = (text: string) => {
        if ((controller.desiredSize ?? 0) < -unreadMax) return stop();
        controller.enqueue(encoder.encode(text));
      };
      const flush = () => {
        flushing = undefined;
        if (waiting.size === 0) return;
        write(`event: changes\ndata: ${JSON.stringify([...waiting.values()])}\n\n`);
        waiting = new Map();
        flushing = setTimeout(flush, spacingMs);
      };
      const stream: Stream = {
        viewer,
        tell({ topic, tenantId, id }) {
          waiting.set(`${topic} ${id}`, [topic, tenantId, id]);
          // The first goes at once, the others at most once a second, each thing once.
          flushing ??= setTimeout(flush, 20);
        },
        state: (isLive) => write(`event: state\ndata: ${isLive ? 'live' : 'lost'}\n\n`),
        end: () => stop(),
      };
      const beat = setInterval(() => write(': \n\n'), beatMs);
      const life = setTimeout(() => stop(), lifeMs);
      stop = () => {
        stop = () => {};
        streams.delete(stream);
        clearInterval(beat);
        clearTimeout(life);
        clearTimeout(flushing);
        try {
          controller.close();
        } catch {
          // The browser was faster.
        }
      };
      gone.addEventListener('abort', () => stop(), { once: true });
      streams.add(stream);
      write('retry: 2000\n\n');
      stream.state(live);
    },
    cancel: () => stop(),
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // Proxies that gather or pack an answer would hold it back.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
