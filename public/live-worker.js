// @ts-check
/**
 * Shared by all tabs of this browser: holds the one stream of `/api/live` and tells the tabs that
 * can be seen what has changed. A hidden tab hears once, when it is shown again.
 *
 * From a tab: `{ visible }`, `{ bye: true }`. To a tab: `{ live }`, `{ changes }` (null: anything may have).
 */

/** @type {Map<MessagePort, { visible: boolean, missed: boolean }>} */
const tabs = new Map();
/** @type {EventSource | null} */
let source = null;
let live = false;
let waitMs = 2000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let again;

/** @param {unknown} changes */
function tell(changes) {
  for (const [port, tab] of tabs) {
    if (tab.visible) port.postMessage({ changes });
    else tab.missed = true;
  }
}

/** @param {boolean} now */
function become(now) {
  if (live !== now) for (const port of tabs.keys()) port.postMessage({ live: now });
  // Nobody knows what went by unheard.
  if (now && !live) tell(null);
  live = now;
}

function open() {
  clearTimeout(again);
  again = undefined;
  source?.close();
  const own = new EventSource('/api/live');
  source = own;
  own.addEventListener('state', (event) => {
    waitMs = 2000;
    become(event.data === 'live');
  });
  own.addEventListener('changes', (event) => tell(JSON.parse(event.data)));
  own.addEventListener('error', () => {
    if (source !== own) return;
    become(false);
    // Refused, which a browser takes as final: the session may have ended, or another begun.
    if (own.readyState !== EventSource.CLOSED) return;
    source = null;
    again = setTimeout(open, waitMs);
    waitMs = Math.min(waitMs * 2, 60000);
  });
}

self.addEventListener('connect', (event) => {
  const port = /** @type {MessageEvent} */ (event).ports[0];
  tabs.set(port, { visible: true, missed: false });
  port.addEventListener('message', ({ data }) => {
    if (data.bye) {
      tabs.delete(port);
      if (tabs.size > 0) return;
      source?.close();
      source = null;
      clearTimeout(again);
      live = false;
      return;
    }
    const tab = tabs.get(port) ?? { visible: true, missed: false };
    tabs.set(port, tab);
    tab.visible = data.visible;
    if (tab.visible && tab.missed) {
      tab.missed = false;
      port.postMessage({ changes: null });
    }
    if (source === null && again === undefined) open();
  });
  port.start();
  port.postMessage({ live });
  if (source === null && again === undefined) open();
});
