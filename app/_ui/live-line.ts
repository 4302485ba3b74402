/** What a tab hears: null where anything may have changed. */
export type LiveNews = readonly (readonly [topic: string, tenantId: string | null, id: string])[];

interface Ear {
  onNews(news: LiveNews | null): void;
  onState(live: boolean): void;
}

const ears = new Set<Ear>();
let port: MessagePort | null = null;
let live = false;

/**
 * The line to the worker that all tabs of a browser share. Where there is no such worker nothing is
 * ever heard, and pages go on asking.
 */
export function hearChanges(ear: Ear): () => void {
  ears.add(ear);
  if (port === null) connect();
  else ear.onState(live);
  return () => {
    ears.delete(ear);
  };
}

function connect(): void {
  if (typeof SharedWorker === 'undefined') return;
  try {
    port = new SharedWorker('/live-worker.js', { name: 'holdfast-live' }).port;
  } catch {
    return;
  }
  const line = port;
  line.onmessage = ({ data }: MessageEvent<{ live?: boolean; changes?: LiveNews | null }>) => {
    if (data.live !== undefined) {
      live = data.live;
      for (const ear of ears) ear.onState(live);
    }
    if (data.changes !== undefined) for (const ear of ears) ear.onNews(data.changes);
  };
  const say = () => line.postMessage({ visible: document.visibilityState === 'visible' });
  document.addEventListener('visibilitychange', say);
  addEventListener('pagehide', () => line.postMessage({ bye: true }));
  addEventListener('pageshow', (event) => {
    if (event.persisted) say();
  });
  say();
}
