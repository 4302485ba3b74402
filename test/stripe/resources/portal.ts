import type Stripe from 'stripe';
import { invalid } from '../http/failures.ts';
import { listOf } from '../http/list.ts';
import { mergeMetadata } from '../http/metadata.ts';
import { newId } from '../store/ids.ts';
import type { Handlers } from './handlers.ts';

/** Sessions of the customer portal, and what an account lets people do in it. */
export const portal: Handlers = {
  'POST /v1/billing_portal/configurations': (account, { params }) => {
    const now = account.now();
    const configuration = {
      id: newId('bpc'),
      object: 'billing_portal.configuration',
      active: true,
      application: null,
      business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
      created: now,
      default_return_url: params.default_return_url || null,
      features: params.features,
      is_default: account.store.all('portal configuration').length === 0,
      livemode: false,
      login_page: { enabled: false, url: null },
      metadata: mergeMetadata({}, params.metadata),
      name: params.name || null,
      updated: now,
    } as unknown as Stripe.BillingPortal.Configuration;
    return account.store.put('portal configuration', configuration);
  },
  'GET /v1/billing_portal/configurations': (account, { params, path }) =>
    listOf(
      account.store
        .all('portal configuration')
        .reverse()
        .filter(
          (it) =>
            (params.active === undefined || it.active === params.active) &&
            (params.is_default === undefined || it.is_default === params.is_default),
        ),
      params,
      path,
    ),
  'POST /v1/billing_portal/configurations/:id': (account, { id, params }) => {
    const configuration = account.need('portal configuration', id);
    if (params.active !== undefined) configuration.active = params.active;
    if (params.features !== undefined) Object.assign(configuration.features, params.features);
    configuration.metadata = mergeMetadata(configuration.metadata ?? {}, params.metadata);
    configuration.updated = account.now();
    return account.store.put('portal configuration', configuration);
  },
  'POST /v1/billing_portal/sessions': (account, { params }) => {
    if (params.customer === undefined) {
      throw invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    }
    account.need('customer', params.customer, 'customer');
    const configuration = params.configuration
      ? account.need('portal configuration', params.configuration, 'configuration').id
      : 'bpc_default';
    const id = newId('bps');
    const session: Stripe.BillingPortal.Session = {
      id,
      object: 'billing_portal.session',
      configuration,
      created: account.now(),
      customer: params.customer,
      customer_account: null,
      flow: null,
      livemode: false,
      locale: params.locale ?? null,
      on_behalf_of: null,
      return_url: params.return_url ?? null,
      url: `${account.base}/p/session/${id}`,
    };
    return account.store.put('portal session', session);
  },
};
