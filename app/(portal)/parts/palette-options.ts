import { paletteTexts } from '#app/_texts/palette.ts';
import { paths } from '#app/paths.ts';
import type { PaletteView } from '#lib/services/palette/find.ts';
import type { PaletteAct } from './palette-acts.ts';

/** As it comes over the wire: moments are texts. */
export type Answer = Omit<PaletteView, 'runs'> & {
  runs: Array<Omit<PaletteView['runs'][number], 'at'> & { at: string }>;
};

export interface Option {
  key: string;
  name: string;
  href: string;
  /** At the right: whose it is, how it stands. */
  note: string;
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
}: {
  acts: PaletteAct[];
  answer: Answer | null;
  words: string;
  scope: Answer['scope'];
}): OptionGroup[] {
  const texts = paletteTexts;
  const has = (text: string) => holdsAll(text, words);
  const here: PaletteAct[] = scope ? actsOn(scope, acts) : [];
  return [
    {
      name: texts.groups.acts,
      options: [...here, ...acts]
        .filter((act) => has(act.name))
        .slice(0, each)
        .map((act) => ({ ...act, key: `act ${act.href} ${act.name}`, note: '' })),
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
        note: `${texts.runStates[state] ?? state}, ${moment(at)}`,
        reason: null,
      })),
    },
  ].filter(({ options }) => options.length > 0);
}

function actsOn(scope: NonNullable<Answer['scope']>, acts: PaletteAct[]): PaletteAct[] {
  const { acts: texts } = paletteTexts;
  const { tenantId, name } = scope;
  const restore = acts.find((act) => act.href === paths.newRestore());
  return [
    {
      name: texts.restoreOf(name),
      href: paths.newRestore({ customer: tenantId }),
      reason: restore?.reason ?? null,
    },
    { name: texts.openCustomer(name), href: paths.customer(tenantId), reason: null },
    { name: texts.mailboxesOf(name), href: paths.customerMailboxes(tenantId), reason: null },
    { name: texts.runsOf(name), href: paths.customerRuns(tenantId), reason: null },
  ];
}

/** Every word begins a word of the text, in any order. */
export function holdsAll(text: string, words: string): boolean {
  const parts = text.toLowerCase().split(/\s+/);
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => parts.some((part) => part.startsWith(word)) || text.toLowerCase() === word);
}

function moment(at: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at));
}
