/**
 * The closed lists of the catalogue. Both the Postgres enums and the input schemas read them, and
 * the browser may import this file: nothing of drizzle enters it.
 */

export const memberRoles = ['owner', 'admin', 'technician', 'billing', 'auditor'] as const;
export type MemberRole = (typeof memberRoles)[number];

/** People of a customer: one for the whole organisation, one for a mailbox of their own. */
export const customerRoles = ['administrator', 'mailbox-owner'] as const;
export type CustomerRole = (typeof customerRoles)[number];

/**
 * Who of a customer may help themselves: nobody; who was invited; or besides them everybody whose
 * Microsoft account is the owner of a mailbox here.
 */
export const selfServiceModes = ['off', 'invited', 'everyone'] as const;
export type SelfServiceMode = (typeof selfServiceModes)[number];

/** `consent-lost`: Microsoft no longer accepts our app there; the copies stay, no new ones come. */
export const tenantStates = ['connecting', 'connected', 'consent-lost', 'disconnected'] as const;
export type TenantState = (typeof tenantStates)[number];

/** The two Entra registrations: one can only read, the other is consented to separately. */
export const entraApps = ['backup', 'restore'] as const;
export type EntraApp = (typeof entraApps)[number];

export const connectionStates = ['waiting', 'connected', 'refused', 'lost'] as const;
export type ConnectionState = (typeof connectionStates)[number];

/** Where the administrator's browser stands on a connect link. */
export const connectSteps = [
  'open',
  'signed-in',
  'sent',
  'checking',
  'connected',
  'refused',
] as const;
export type ConnectStep = (typeof connectSteps)[number];

/** `dual` keeps the Exchange stream and a readable form of every item; the others keep one of them. */
export const captureModes = ['dual', 'stream', 'readable'] as const;
export type CaptureMode = (typeof captureModes)[number];

export const mailboxKinds = ['user', 'shared', 'room', 'equipment', 'archive'] as const;
export type MailboxKind = (typeof mailboxKinds)[number];

/** `sealed`: its source is gone and its backup lives on; nothing may prune it. */
export const mailboxStates = ['discovered', 'protected', 'excluded', 'sealed', 'erased'] as const;
export type MailboxState = (typeof mailboxStates)[number];

export const itemKinds = ['message', 'event', 'contact', 'task', 'note', 'other'] as const;
export type ItemKind = (typeof itemKinds)[number];

export const itemOutcomes = ['stored', 'reused', 'removed', 'skipped', 'failed'] as const;
export type ItemOutcomeName = (typeof itemOutcomes)[number];

export const runTriggers = ['schedule', 'manual', 'onboarding'] as const;
export type RunTrigger = (typeof runTriggers)[number];

/**
 * `done`: every mailbox finished and the numbers balance (items may have been skipped).
 * `incomplete`: it ended, and some mailbox failed, was put off, or does not balance.
 */
export const runStates = [
  'queued',
  'running',
  'paused',
  'done',
  'incomplete',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof runStates)[number];

/** `deferred`: Microsoft asked for a long wait, or another story holds the mailbox. */
export const runMailboxStates = [
  'waiting',
  'running',
  'deferred',
  'done',
  'failed',
  'cancelled',
] as const;
export type RunMailboxState = (typeof runMailboxStates)[number];

export const collisionRules = ['skip', 'copy', 'replace'] as const;
export type CollisionRule = (typeof collisionRules)[number];

/** `draft`: what is chosen, before anybody said where it goes; lists leave it out. */
export const restoreStates = [
  'draft',
  'planning',
  'planned',
  'running',
  'verifying',
  'done',
  'failed',
  'cancelled',
] as const;
export type RestoreState = (typeof restoreStates)[number];

export const restoreActions = [
  'write',
  'skip-present',
  'copy',
  'replace',
  'cannot',
  'skip-changed',
] as const;
export type RestoreAction = (typeof restoreActions)[number];

/** The full-fidelity stream through an import session, or one complete JSON create. */
export const restoreRoutes = ['stream', 'json'] as const;
export type RestoreRoute = (typeof restoreRoutes)[number];

/** `writing` is the journalled intent: Microsoft may or may not have the item already. */
export const restoreItemStates = [
  'planned',
  'writing',
  'written',
  'verified',
  'differs',
  'skipped',
  'failed',
] as const;
export type RestoreItemState = (typeof restoreItemStates)[number];

export const exportStates = [
  'queued',
  'running',
  'done',
  'failed',
  'cancelled',
  'expired',
] as const;
export type ExportState = (typeof exportStates)[number];

export const previewStates = ['waiting', 'ready', 'failed'] as const;
export type PreviewState = (typeof previewStates)[number];

/** What of an item is asked for: something to look at, one of its attachments, or the whole as MIME. */
export const previewForms = ['view', 'attachment', 'mime'] as const;
export type PreviewForm = (typeof previewForms)[number];

export const actorKinds = ['user', 'workflow', 'system', 'key'] as const;
export type ActorKind = (typeof actorKinds)[number];

/** How much of an item's text the search index has: all; its beginning; none, only what was known without it. */
export const textExtents = ['whole', 'beginning', 'none'] as const;
export type TextExtent = (typeof textExtents)[number];

/** What a mailbox was on a day of the ledger; the higher state of a day counts. */
export const usageStates = ['protected', 'sealed', 'free'] as const;

/** `wholesale`: what the operator asks of an MSP; `resale`: what an MSP asks of its customers. */
export const planKinds = ['wholesale', 'resale'] as const;
export type PlanKind = (typeof planKinds)[number];

/**
 * `none`: nobody subscribed yet; `past-due`: a payment failed and the days of grace run; `paused`:
 * they are over, and new mailboxes wait. What is protected stays so in every one of them.
 */
export const accountStates = ['none', 'checkout', 'active', 'past-due', 'paused', 'ended'] as const;
export type AccountState = (typeof accountStates)[number];

/** `superseded`: a newer value of the same month was written before this one was sent. */
export const meterEventStates = ['waiting', 'accepted', 'refused', 'superseded'] as const;
export type MeterEventState = (typeof meterEventStates)[number];

/** `held`: the ledger, the meters and the invoice differ, and nothing is made final until they agree. */
export const closingStates = ['open', 'closing', 'held', 'finalised'] as const;
export type ClosingState = (typeof closingStates)[number];

export const stripeEventStates = ['waiting', 'done', 'unknown-customer', 'failed'] as const;
export type StripeEventState = (typeof stripeEventStates)[number];

export const verdicts = ['equal', 'differs', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** `next-invoice`: a line of its own on the next one; `refund`: back to where an invoice was paid from. */
export const creditWays = ['next-invoice', 'refund'] as const;
export type CreditWay = (typeof creditWays)[number];

/** What Stripe answered to a refund; until then it waits. */
export const refundOutcomes = ['given', 'refused'] as const;
export type RefundOutcome = (typeof refundOutcomes)[number];
