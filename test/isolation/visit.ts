import type { Visitor } from './world.ts';

export type Answer =
  /** The page itself. */
  | { kind: 'shown'; text: string; status: number }
  /** The page of what is not there, whatever the status: a page that streams has sent its own. */
  | { kind: 'missing'; text: string; status: number }
  | { kind: 'refused'; text: string; status: number }
  | { kind: 'led'; text: string; status: number; to: string };

const notFoundText = 'That page does not exist, or you have no access to it';

/** What a browser would show of an answer: no scripts, no markup, no ids, no references. */
export function seen(body: string): string {
  return body
    .replaceAll(/<script[\s\S]*?<\/script>/g, ' ')
    .replaceAll(/<style[\s\S]*?<\/style>/g, ' ')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/Reference [0-9A-Z]{6,}/g, 'Reference')
    .replaceAll(/\b\d{2}:\d{2}(:\d{2})?\b/g, 'TIME')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** One address, as one visitor; redirections are told, not followed. */
export async function visit(base: string, address: string, visitor: Visitor): Promise<Answer> {
  const controller = new AbortController();
  const response = await fetch(`${base}${address}`, {
    redirect: 'manual',
    headers: { cookie: visitor.cookie, accept: 'text/html' },
    signal: controller.signal,
  });
  const { status } = response;
  // A stream of events has no end: its beginning tells whether it was opened.
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    controller.abort();
    return { kind: 'shown', text: '', status };
  }
  const text = await response.text();
  return classify(status, text, response.headers.get('location'), base);
}

function classify(status: number, text: string, location: string | null, base: string): Answer {
  if (status >= 300 && status < 400) {
    const to = new URL(location ?? '/', base).pathname;
    return { kind: 'led', text, status, to };
  }
  // A redirection of a page that has begun to stream is written into it.
  const led = /NEXT_REDIRECT;\w+;([^;"\\]+);30[378]/.exec(text)?.[1];
  if (led !== undefined) return { kind: 'led', text, status, to: new URL(led, base).pathname };
  // So is that there is no such page.
  if (text.includes('NEXT_HTTP_ERROR_FALLBACK;404')) return { kind: 'missing', text, status };
  // 503 is an answer: the vault of this world is nowhere.
  if (status >= 500 && status !== 503) throw new Error(`${status}: ${seen(text).slice(0, 300)}`);
  if (status === 404 || seen(text).includes(notFoundText)) return { kind: 'missing', text, status };
  if (status >= 400) return { kind: 'refused', text, status };
  return { kind: 'shown', text, status };
}

export interface ActionCall {
  base: string;
  /** Of a page that has the action. */
  address: string;
  actionId: string;
  fields: Record<string, string>;
  visitor: Visitor;
}

export type Told =
  /** The action led elsewhere: it was done. */
  | { kind: 'done'; to: string }
  /** It stayed: done without a word, or with its sentence. */
  | { kind: 'stayed'; error: string | null; text: string };

/**
 * Calls a server action as the browser does: the state before, then the form. How React writes the
 * arguments is in `react-server-dom`'s `encodeReply`; two plain values need no more than this.
 */
export async function callAction(call: ActionCall): Promise<Told> {
  const form = new FormData();
  for (const [name, value] of Object.entries(call.fields)) form.append(`_1_${name}`, value);
  form.append('0', JSON.stringify([{ error: null }, '$K1']));
  const response = await fetch(`${call.base}${call.address}`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      cookie: call.visitor.cookie,
      origin: call.base,
      accept: 'text/x-component',
      'next-action': call.actionId,
    },
    body: form,
  });
  const text = await response.text();
  const redirect = response.headers.get('x-action-redirect');
  if (redirect !== null) return { kind: 'done', to: redirect.split(';')[0]! };
  if (response.status >= 500) throw new Error(`${response.status}: ${text.slice(0, 300)}`);
  // The answer names the row of the result; other rows are the page, drawn anew.
  const row = /"a":"\$@(\w+)"/.exec(text)?.[1];
  const result = new RegExp(`(?:^|\\n)${row}:(\\{.*\\})`).exec(text)?.[1];
  if (result === undefined) return { kind: 'stayed', error: null, text };
  const { error } = JSON.parse(result) as { error?: string | null };
  return { kind: 'stayed', error: error ?? null, text };
}
