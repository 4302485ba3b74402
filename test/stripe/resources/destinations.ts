import { randomBytes } from 'node:crypto';
import { apiVersion } from '../account.ts';
import { invalid, missing } from '../http/failures.ts';
import { listOf, within } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import type { Endpoint } from '../store/store.ts';
import type { Handlers } from './handlers.ts';

/** What happened, and where it is told. */
export const destinations: Handlers = {
  'GET /v1/account': () => ({
    id: 'acct_standin',
    object: 'account',
    business_profile: { name: 'Holdfast (stand-in)' },
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    settings: { dashboard: { display_name: 'Holdfast (stand-in)', timezone: 'Etc/UTC' } },
    type: 'standard',
  }),
  'GET /v1/balance': () => ({
    object: 'balance',
    available: [{ amount: 0, currency: 'usd' }],
    livemode: false,
    pending: [{ amount: 0, currency: 'usd' }],
  }),

  'GET /v1/events': (account, { params, path }) =>
    listOf(
      account.store
        .all('event')
        .reverse()
        .filter(
          (it) =>
            (params.type === undefined || matches(it.type, params.type)) &&
            (params.types === undefined || params.types.some((type) => matches(it.type, type))) &&
            within(it.created, params.created),
        ),
      params,
      path,
    ),
  'GET /v1/events/:id': (account, { id }) => account.need('event', id),

  'POST /v1/webhook_endpoints': (account, { params }) => {
    if (params.api_version !== undefined && params.api_version !== apiVersion) {
      throw invalid(`The stand-in speaks ${apiVersion} alone.`, 'api_version');
    }
    const endpoint = account.store.put('endpoint', {
      id: newId('we'),
      created: account.now(),
      url: params.url,
      secret: `whsec_${randomBytes(24).toString('base64url')}`,
      events: params.enabled_events,
      thin: false,
      name: params.description || '',
      metadata: mergeMetadata({}, params.metadata),
    });
    return { ...asWebhook(endpoint), secret: endpoint.secret };
  },
  'GET /v1/webhook_endpoints': (account, { params, path }) =>
    listOf(
      account.store
        .all('endpoint')
        .filter((it) => !it.thin)
        .reverse()
        .map(asWebhook),
      params,
      path,
    ),
  'GET /v1/webhook_endpoints/:id': (account, { id }) => asWebhook(account.need('endpoint', id)),
  'POST /v1/webhook_endpoints/:id': (account, { id, params }) => {
    const endpoint = account.need('endpoint', id);
    if (params.url !== undefined) endpoint.url = params.url;
    if (params.enabled_events !== undefined) endpoint.events = params.enabled_events;
    endpoint.metadata = mergeMetadata(endpoint.metadata, params.metadata);
    return asWebhook(account.store.put('endpoint', endpoint));
  },
  'DELETE /v1/webhook_endpoints/:id': (account, { id }) => {
    account.need('endpoint', id);
    account.store.remove('endpoint', id);
    return { id, object: 'webhook_endpoint', deleted: true };
  },

  'GET /v2/core/events': (account, { params }) => ({
    data: account.store
      .all('thin event')
      .reverse()
      .slice(0, params.limit ?? 20),
    next_page_url: null,
    previous_page_url: null,
  }),
  'GET /v2/core/events/:id': (account, { id }) => {
    const event = account.store.get('thin event', id);
    if (!event) throw missing('event', id);
    return event;
  },
  'POST /v2/core/event_destinations': (account, { params }) => {
    if (params.type !== 'webhook_endpoint' || !params.webhook_endpoint) {
      throw invalid('The stand-in sends to webhook endpoints alone.', 'type');
    }
    const endpoint = account.store.put('endpoint', {
      id: newId('ed_test'),
      created: account.now(),
      url: params.webhook_endpoint.url,
      secret: `whsec_${randomBytes(24).toString('base64url')}`,
      events: params.enabled_events,
      thin: params.event_payload === 'thin',
      name: params.name,
      metadata: mergeMetadata({}, params.metadata),
    });
    const secret = params.include?.includes('webhook_endpoint.signing_secret')
      ? { signing_secret: endpoint.secret }
      : {};
    return { ...asDestination(endpoint), webhook_endpoint: { url: endpoint.url, ...secret } };
  },
  'GET /v2/core/event_destinations': (account) => ({
    data: account.store.all('endpoint').reverse().map(asDestination),
    next_page_url: null,
    previous_page_url: null,
  }),
  'DELETE /v2/core/event_destinations/:id': (account, { id }) => {
    account.need('endpoint', id);
    account.store.remove('endpoint', id);
    return { id, object: 'v2.core.event_destination' };
  },
};

function matches(type: string, asked: string): boolean {
  return asked.endsWith('*') ? type.startsWith(asked.slice(0, -1)) : type === asked;
}

function asWebhook(endpoint: Endpoint) {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: null,
    created: endpoint.created,
    description: endpoint.name || null,
    enabled_events: endpoint.events,
    livemode: false,
    metadata: endpoint.metadata,
    status: 'enabled',
    url: endpoint.url,
  };
}

function asDestination(endpoint: Endpoint) {
  const created = new Date(endpoint.created * 1000).toISOString();
  return {
    id: endpoint.id,
    object: 'v2.core.event_destination',
    created,
    description: '',
    enabled_events: endpoint.events,
    event_payload: endpoint.thin ? 'thin' : 'snapshot',
    events_from: ['self'],
    livemode: false,
    metadata: endpoint.metadata,
    name: endpoint.name,
    status: 'enabled',
    type: 'webhook_endpoint',
    updated: created,
  };
}
