import { customerTexts } from '#app/_texts/customer.ts';
import { incidentTitle } from '#app/_texts/fleet.ts';
import { paletteTexts } from '#app/_texts/palette.ts';
import { restoreTexts } from '#app/_texts/restores.ts';
import { coarse } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatBytes } from '#lib/core/bytes.ts';
import type { PaletteView } from '#lib/services/palette/find.ts';
import { disconnectedRefusal } from '#lib/services/restores/rules.ts';
import { incidentLook } from './incident-look.ts';
import type { PaletteAct } from './palette-acts.ts';

/** As it comes over the wire: moments are texts. */
export type Answer = Omit<PaletteView, 'runs'> & {
  runs: Array<Omit<PaletteView['runs'][number], 'at'> & { at: string }>;
};

export interface Option {
  key: string;
  name: string;
  href: string;
  /** Done here instead of led to; of the customer that is open. */
  act?: 'back-up';
  /** At the right: whose it is, how it stands. */
  note: string;
  at?: Date;
  reason: string | null;
}

export interface OptionGroup {
  name: string;
  options: Option[];
}

const each = 8;

/** Acts first, then customers, mailboxes, runs; groups with nothing in them are left out. */
export function groupsOf({
  acts,
  answer,
  words,
  scope,
  mailboxId,
}: {
  acts: PaletteAct[];
  answer: Answer | null;
  words: string;
  scope: Answer['scope'];
  /** The mailbox whose page is open. */
  mailboxId: string | undefined;
}): OptionGroup[] {
  const texts = paletteTexts;
  const has = (text: string) => holdsAll(text, words);
  const here = scope ? actsOn(scope, acts, mailboxId) : [];
  return [
    {
      name: texts.groups.acts,
      options: [...here, ...acts]
        .filter((act) => has(act.name))
        .slice(0, scope ? each + here.length : each)
        .map((act) => ({ ...act, key: `act ${act.href} ${act.name}`, note: '' })),
    },
    {
      name: texts.groups.needs,
      options: (scope ? (answer?.incidents ?? []) : [])
        .map((incident) => incidentOption(incident, scope!))
        .filter((option) => has(option.name))
        .slice(0, each),
    },
    {
      name: texts.groups.customers,
      options: (answer?.customers ?? []).map(({ tenantId, name, state }) => ({
        key: tenantId,
        name,
        href: paths.customer(tenantId),
        note: texts.states[state],
        reason: null,
      })),
    },
    {
      name: texts.groups.mailboxes,
      options: (answer?.mailboxes ?? []).map(({ tenantId, mailboxId, name, kind, customer }) => ({
        key: mailboxId,
        name,
        href: paths.mailbox(tenantId, mailboxId),
        note: `${kind}, ${customer}`,
        reason: null,
      })),
    },
    {
      name: texts.groups.runs,
      options: (answer?.runs ?? []).map(({ tenantId, runId, customer, state, at }) => ({
        key: runId,
        name: texts.runOf(customer),
        href: paths.run(tenantId, runId),
        note: texts.runStates[state] ?? state,
        at: new Date(at),
        reason: null,
      })),
    },
  ].filter(({ options }) => options.length > 0);
}

type Scope = NonNullable<Answer['scope']>;

function actsOn(
  scope: Scope,
  acts: PaletteAct[],
  mailboxId: string | undefined,
): Array<PaletteAct & Pick<Option, 'act'>> {
  const { acts: texts } = paletteTexts;
  const { tenantId, name } = scope;
  const reasonOf = (act: string) => acts.find((one) => one.name === act)?.reason ?? null;
  const search = { customer: tenantId, mailbox: mailboxId };
  return [
    ...(mailboxId === undefined
      ? []
      : [
          {
            name: texts.searchMailbox,
            href: paths.search(search),
            reason: reasonOf(texts.searchMail),
          },
        ]),
    {
      name: texts.backUpOf(name),
      href: paths.customerRuns(tenantId),
      act: 'back-up',
      reason:
        reasonOf(texts.backUp) ??
        (scope.state !== 'connected'
          ? customerTexts.notConnected
          : scope.running
            ? customerTexts.runUnderWay
            : null),
    },
    {
      name: texts.restoreOf(name),
      href: paths.newRestore({ customer: tenantId }),
      reason:
        reasonOf(texts.restore) ??
        (scope.state === 'disconnected'
          ? disconnectedRefusal(name)
          : scope.state === 'connecting'
            ? restoreTexts.nothingYet
            : null),
    },
    {
      name: texts.searchMailOf(name),
      href: paths.search({ customer: tenantId }),
      reason: reasonOf(texts.searchMail),
    },
    { name: texts.openCustomer(name), href: paths.customer(tenantId), reason: null },
    { name: texts.mailboxesOf(name), href: paths.customerMailboxes(tenantId), reason: null },
    { name: texts.runsOf(name), href: paths.customerRuns(tenantId), reason: null },
    {
      name: texts.connectionOf(name),
      href: paths.customerConnection(tenantId),
      reason: null,
    },
  ];
}

/** Leads to the customer, where it stands on top with what there is to do. */
function incidentOption(incident: Answer['incidents'][number], scope: Scope): Option {
  const { kind, cause, mailboxes, mailbox, lateMs, freeBytes } = incident;
  const title = incidentTitle({
    ...{ kind, mailboxes, customer: scope.name, customers: 1, reason: null, safeUntil: null },
    mailbox: mailbox?.name ?? null,
    late: lateMs === null ? null : coarse(lateMs),
    free: freeBytes === null ? null : formatBytes(freeBytes),
  });
  return {
    key: `incident ${cause}`,
    name: title,
    href: paths.customer(scope.tenantId),
    note: incidentLook(kind).word,
    reason: null,
  };
}

/** Every word begins a word of the text, in any order. */
export function holdsAll(text: string, words: string): boolean {
  const parts = text.toLowerCase().split(/\s+/);
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => parts.some((part) => part.startsWith(word)) || text.toLowerCase() === word);
}

/** In the zone of the browser, or as UTC. */
export function momentOf(at: Date, zone?: 'UTC'): string {
  return new Intl.DateTimeFormat('en-GB', {
    ...(zone && { timeZone: zone }),
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
}
