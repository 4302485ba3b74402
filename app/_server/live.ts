import { isDeepStrictEqual } from 'node:util';
import { sleep } from '#lib/core/concurrency.ts';
import { AppError } from '#lib/core/errors.ts';
import type { LiveViewer } from '#lib/services/live/concerns.ts';
import { type LiveStream, LiveStreams } from '#lib/services/live/streams.ts';
import { portalDeps } from './deps.ts';

/** A page asks again when told; this often at most. */
const spacingMs = 1_000;
const beatMs = 20_000;
/** Then the browser comes back by itself, and is asked again who it is. */
const lifeMs = 10 * 60_000;
const streamsMax = 16;
/** A browser that reads nothing is let go before what waits for it grows. */
const unreadMax = 64;
/** As long as the first page of a process waits until changes can be heard. */
const firstHeardMs = 3_000;

const home = globalThis as typeof globalThis & { holdfastLive?: LiveStreams };

/** One for each process: all its streams hear what one connection hears. */
async function liveStreams(): Promise<LiveStreams> {
  const { changes } = await portalDeps();
  const known = home.holdfastLive;
  const streams = known ?? new LiveStreams(changes.hearing);
  if (known === undefined) {
    home.holdfastLive = streams;
    changes.subscribe(streams.ears);
    process.once('SIGTERM', () => streams.endAll());
  }
  // A stream from before would end as soon as there is anything to hear.
  if (!streams.hears) await Promise.race([streams.firstHeard, sleep(firstHeardMs)]);
  return streams;
}

/** Server-sent events for one browser: ids of what has changed within the viewer's reach. */
export async function openLiveStream(
  ask: () => Promise<LiveViewer>,
  gone: AbortSignal,
): Promise<Response> {
  return await streamFrom(await liveStreams(), ask, gone);
}

/**
 * @param ask who listens and to what; asked a second time when the stream is there to be ended, since
 *   what was taken away before that told nobody
 * @throws AppError `unauthenticated`
 */
export async function streamFrom(
  streams: LiveStreams,
  ask: () => Promise<LiveViewer>,
  gone: AbortSignal,
): Promise<Response> {
  const viewer = await ask();
  const own = streams.of(viewer.userId);
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
      const stream: LiveStream = {
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
        streams.remove(stream);
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
      stream.state(streams.hears);
    },
    cancel: () => stop(),
  });
  const again = await ask().catch((err) => {
    stop();
    throw err;
  });
  if (!isDeepStrictEqual(again, viewer)) {
    stop();
    throw new AppError('unauthenticated', 'What you may see was changed. Load the page again.');
  }
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // Proxies that gather or pack an answer would hold it back.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
