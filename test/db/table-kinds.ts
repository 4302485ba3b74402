/** Tables that do not belong to one tenant; every other one does, and a new one has to. */

/** Sign-in knows people before it knows an MSP: no tenant in these, and the portal alone may see them. */
export const signInTables = ['accounts', 'sessions', 'users'];
/** Belong to an MSP, not to one of its tenants. */
export const mspTables = [
  'api_allowances',
  'api_answers',
  'api_keys',
  'billing_accounts',
  'billing_closings',
  'billing_credits',
  'billing_invoices',
  'billing_reconciliations',
  'billing_refunds',
  'connect_doors',
  'customer_people',
  'invitations',
  'members',
  'meter_events',
  'msps',
  'plan_versions',
  'plans',
  'self_service_doors',
  'usage_periods',
];
/** Of those, the ones whose rows are about one customer. */
export const customerTables = [
  'billing_accounts',
  'billing_closings',
  'billing_credits',
  'billing_invoices',
  'billing_reconciliations',
  'billing_refunds',
  'customer_people',
  'invitations',
  'meter_events',
  'self_service_doors',
  'usage_periods',
];
/** What Stripe told, found by its id alone, and counts of the whole house that name nobody. */
export const houseTables = ['stripe_events', 'webhook_refusals'];
