import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stripeSink } from '#lib/billing/stripe/sink.ts';

export interface Call {
  method: string;
  path: string;
  form: Record<string, string>;
  headers: IncomingHttpHeaders;
}

type Answer = { status?: number; body: object; headers?: Record<string, string>; hangUp?: boolean };

/**
 * Answers what a test says and keeps what was asked: for the facts of the wire alone. How Stripe
 * behaves is in the stand-in.
 */
export async function responder(answer: (call: Call, index: number) => Answer) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://stripe.invalid');
      const body = Buffer.concat(chunks).toString();
      const form = Object.fromEntries([...url.searchParams, ...new URLSearchParams(body)]);
      const call = {
        method: request.method ?? '',
        path: url.pathname,
        form,
        headers: request.headers,
      };
      calls.push(call);
      const { status = 200, body: json, headers, hangUp } = answer(call, calls.length - 1);
      if (hangUp) {
        request.socket.destroy();
        return;
      }
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    sink: stripeSink({
      apiUrl: `http://127.0.0.1:${port}`,
      secretKey: 'sk_test_holdfast',
      webhookSecrets: ['whsec_new', 'whsec_old'],
    }),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A Stripe error as it comes. */
export function refusal(status: number, error: Record<string, string>): Answer {
  return { status, body: { error: { type: 'invalid_request_error', message: '', ...error } } };
}
