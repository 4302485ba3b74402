import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TokenSigner } from '../entra/jwt.ts';
import { resourceOf } from '../entra/token.ts';
import { suffer } from '../faults.ts';
import type { Reply } from '../http/reply.ts';
import { countRequest } from '../stats.ts';
import type { DirectoryUser } from '../store/store.ts';
import { Call, type GraphWorld } from './call.ts';
import { accessDenied, failureBody, GraphFailure } from './failures.ts';
import { importItem } from './import.ts';
import { type Route, routes } from './routes.ts';
import type { Throttle } from './throttle.ts';

interface Caller {
  appId: string;
  tid: string;
  roles: string[];
}

/** Microsoft Graph v1.0, as much of it as `routes.ts` lists. */
export class Graph {
  readonly #world: GraphWorld;
  readonly #signer: TokenSigner;
  readonly #throttle: Throttle;
  readonly #spoolFolder: string;
  readonly #table = new Map<string, Array<{ route: Route; segments: string[] }>>();

  constructor(options: {
    world: GraphWorld;
    signer: TokenSigner;
    throttle: Throttle;
    spoolFolder: string;
  }) {
    this.#world = options.world;
    this.#signer = options.signer;
    this.#throttle = options.throttle;
    this.#spoolFolder = options.spoolFolder;
    for (const route of routes) {
      const segments = route.path.split('/').slice(1);
      const key = `${route.method} ${segments.length}`;
      const list = this.#table.get(key) ?? [];
      list.push({ route, segments });
      // Literal segments before variable ones, from the left.
      list.sort((a, b) => rank(a.segments).localeCompare(rank(b.segments)));
      this.#table.set(key, list);
    }
  }

  /** False where the path belongs to somebody else. */
  async handle(req: IncomingMessage, url: URL, reply: Reply): Promise<boolean> {
    const isImport = /^\/api\/gv1\.0\/Mailboxes\(.*\)\/importItem$/.test(url.pathname);
    if (!isImport && !url.pathname.startsWith('/v1.0/')) return false;
    const clientRequestId = String(req.headers['client-request-id'] ?? randomUUID());
    reply.header('request-id', reply.requestId);
    reply.header('client-request-id', clientRequestId);
    reply.header(
      'x-ms-ags-diagnostic',
      '{"ServerInfo":{"DataCenter":"Stand-in","Slice":"E","Ring":"1","ScaleUnit":"000","RoleInstance":"ST"}}',
    );
    try {
      if (isImport) await this.#import(req, url, reply);
      else await this.#route(req, url, reply);
    } catch (err) {
      if (!(err instanceof GraphFailure)) throw err;
      for (const [name, value] of Object.entries(err.headers)) reply.header(name, value);
      await reply.json(err.status, failureBody(err, reply.requestId, clientRequestId));
    }
    return true;
  }

  async #route(req: IncomingMessage, url: URL, reply: Reply): Promise<void> {
    const caller = this.#caller(req);
    const { route, params } = this.#find(req.method ?? 'GET', url.pathname);
    const earlier = countRequest(this.#world.stats, route.kind);
    const user = this.#userOf(caller, params);
    if (!route.roles.some((role) => caller.roles.includes(role))) {
      throw isDirectory(route)
        ? new GraphFailure(
            403,
            'Authorization_RequestDenied',
            'Insufficient privileges to complete the operation.',
          )
        : accessDenied();
    }
    const { tid, appId } = caller;
    const call = new Call({ world: this.#world, req, url, params, reply, tid, appId, user });
    if (call.immutable) reply.header('Preference-Applied', 'IdType="ImmutableId"');
    const mailbox = user && !isDirectory(route) ? this.#world.store.mailboxOf(user) : null;
    if (mailbox) this.#enter(caller.appId, mailbox.exchangeId, req, reply);
    const fault = this.#world.faults.decide({
      kind: route.kind,
      method: route.method,
      path: url.pathname,
      appId,
      mailbox: mailbox?.exchangeId ?? null,
      earlier,
    });
    if (await suffer(fault, reply)) return;
    await route.handler(call);
  }

  async #import(req: IncomingMessage, url: URL, reply: Reply): Promise<void> {
    const earlier = countRequest(this.#world.stats, 'importItem');
    if (req.method !== 'POST')
      throw new GraphFailure(405, 'ErrorInvalidRequest', 'Only POST is supported.');
    if (req.headers.authorization !== undefined) {
      throw new GraphFailure(
        400,
        'ErrorInvalidRequest',
        'The address of an import session carries its own token; an Authorization header must not be sent.',
      );
    }
    const session = this.#world.sessions.find(url.searchParams.get('authtoken'));
    if (!session)
      throw new GraphFailure(
        401,
        'InvalidAuthenticationToken',
        'The import session is not known or has expired.',
      );
    const user = [...this.#world.store.users.values()].find(
      (it) => it.mailbox?.exchangeId === session.exchangeId,
    );
    const mailbox = user && this.#world.store.mailboxOf(user);
    if (!mailbox) throw new GraphFailure(404, 'ErrorInvalidUser', 'The requested user is invalid.');
    this.#enter(session.appId, session.exchangeId, req, reply);
    const fault = this.#world.faults.decide({
      kind: 'importItem',
      method: 'POST',
      path: url.pathname,
      appId: session.appId,
      mailbox: session.exchangeId,
      earlier,
    });
    if (await suffer(fault, reply)) return;
    const result = await importItem(this.#world, mailbox, req, this.#spoolFolder);
    await reply.json(200, {
      '@odata.context': `${this.#world.base}/api/gv1.0/$metadata#importItemResponse`,
      ...result,
    });
  }

  #caller(req: IncomingMessage): Caller {
    const token = /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1];
    if (!token) throw new GraphFailure(401, 'InvalidAuthenticationToken', 'Access token is empty.');
    const claims = this.#signer.read(token);
    if (!claims)
      throw new GraphFailure(
        401,
        'InvalidAuthenticationToken',
        'Access token validation failure. Invalid signature.',
      );
    if (resourceOf(this.#world.base, `${claims.aud}/.default`) === null) {
      throw new GraphFailure(
        401,
        'InvalidAuthenticationToken',
        'Access token validation failure. Invalid audience.',
      );
    }
    const now = Date.now() / 1000;
    if (!(Number(claims.exp) > now)) {
      throw new GraphFailure(
        401,
        'InvalidAuthenticationToken',
        'Lifetime validation failed, the token is expired.',
      );
    }
    const roles = Array.isArray(claims.roles) ? claims.roles.map(String) : [];
    return { appId: String(claims.appid), tid: String(claims.tid), roles };
  }

  #find(method: string, pathname: string): { route: Route; params: Record<string, string> } {
    const parts = pathname.split('/').slice(2);
    for (const { route, segments } of this.#table.get(`${method} ${parts.length}`) ?? []) {
      const params: Record<string, string> = {};
      const fits = segments.every((segment, index) => {
        const part = parts[index]!;
        if (!segment.startsWith(':')) return segment.toLowerCase() === part.toLowerCase();
        params[segment.slice(1)] = decode(part);
        return part !== '';
      });
      if (fits) return { route, params };
    }
    throw new GraphFailure(
      400,
      'BadRequest',
      `The stand-in knows no ${method} ${pathname.slice(0, 120)}.`,
    );
  }

  /** The user that the route is about: by id, address or mailbox id, and of the caller's organisation. */
  #userOf(caller: Caller, params: Record<string, string>): DirectoryUser | null {
    const { users } = this.#world.store;
    if (params.mailbox !== undefined) {
      const found = [...users.values()].find(
        (it) => it.tid === caller.tid && it.mailbox?.exchangeId === params.mailbox,
      );
      if (!found)
        throw new GraphFailure(
          404,
          'ErrorInvalidUser',
          `The requested user '${params.mailbox}' is invalid.`,
        );
      return found;
    }
    if (params.user === undefined) return null;
    const wanted = params.user.toLowerCase();
    const found = [...users.values()].find(
      (it) =>
        it.tid === caller.tid &&
        (it.id === wanted ||
          it.address.toLowerCase() === wanted ||
          it.mailbox?.exchangeId === params.user),
    );
    if (!found) {
      throw new GraphFailure(
        404,
        'Request_ResourceNotFound',
        `Resource '${params.user}' does not exist or one of its queried reference-property objects are not present.`,
      );
    }
    return found;
  }

  #enter(appId: string, mailbox: string, req: IncomingMessage, reply: Reply): void {
    const uploads = req.method !== 'GET' && req.method !== 'DELETE';
    const bytes = uploads ? Number(req.headers['content-length'] ?? 0) : 0;
    const entered = this.#throttle.enter(appId, mailbox, bytes);
    if ('refusal' in entered) {
      const { message, retryAfterSeconds } = entered.refusal;
      throw new GraphFailure(429, 'ApplicationThrottled', message, {
        'Retry-After': String(retryAfterSeconds),
      });
    }
    reply.onEnd = entered.leave;
  }
}

function rank(segments: string[]): string {
  return segments.map((segment) => (segment.startsWith(':') ? '1' : '0')).join('');
}

function isDirectory(route: Route): boolean {
  return /^(users|organization)/.test(route.kind);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
