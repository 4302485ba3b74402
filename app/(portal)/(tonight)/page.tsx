import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { outcomeTexts, tonightTexts as texts } from '#app/_texts/fleet.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Spinner } from '#app/_ui/icon.tsx';
import { Live } from '#app/_ui/live.tsx';
import { OutcomeLegend } from '#app/_ui/outcome-cell.tsx';
import { Part } from '#app/_ui/part.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Empty } from '#app/_ui/states.tsx';
import { Time, TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { createWords, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { Coverage } from '#lib/services/coverage/list.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { type IncidentGroup as Group, incidentGroups } from '#lib/services/incidents/input.ts';
import { nightOfFleet } from '#lib/services/incidents/night.ts';
import { type Tonight as Fleet, tonight } from '#lib/services/incidents/tonight.ts';
import { Matrix } from '../coverage/parts/matrix.tsx';
import { FleetFigures } from '../parts/fleet-figures.tsx';
import { IncidentGroup } from '../parts/incident-group.tsx';
import { IncidentList } from '../parts/incident-list.tsx';
import { Night } from '../parts/night.tsx';
import { NoteForms } from '../parts/note-forms.tsx';
import { oneOf, oneValue, type Query } from '../parts/query.ts';
import { QuietLines } from '../parts/quiet-lines.tsx';

export const metadata: Metadata = { title: texts.title };

const worst = 12;
/** Nobody works through more than that before they look again; the list of the group has the rest. */
const cards = 6;
/** Lists beside the incidents name so many, and lead to the rest. */
const shown = 6;

/** What needs a human first? One group of it, all of it, where the address names one. */
export default async function TonightPage({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams;
  const group = oneOf(query, 'show', incidentGroups);
  if (group !== undefined) {
    return <IncidentGroup group={group} after={oneValue(query, 'after')} />;
  }
  return <Tonight />;
}

/** Its parts are asked for side by side, and one that fails leaves the others standing. */
async function Tonight() {
  const ctx = await requireContext();
  const { zone, now } = await reading();
  const [fleet, night, stamp] = await Promise.all([
    part(tonight(ctx, { zone, days: 7 })),
    part(nightOfFleet(ctx, { zone })),
    part(stampFleet(ctx)),
  ]);
  const words = createWords(zone, now);
  const isEmpty = fleet.failed === null && fleet.view.customers === 0;

  return (
    <>
      <TopBar crumbs={[{ label: texts.title }]} right={<Time at={now} as="clock" inside />} />
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 pt-5 pb-4 max-sm:pt-3 max-sm:pb-3 sm:px-6">
        <h1 className="text-xl font-semibold max-sm:sr-only">{texts.title}</h1>
        {fleet.failed === null ? <Counts fleet={fleet.view} /> : null}
        {stamp.failed === null ? (
          <span className="ml-auto max-sm:hidden">
            <Live
              from={paths.fleetProgress()}
              stamp={stamp.view.stamp}
              text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
              everyMs={5000}
              about={['run', 'customer', 'incident']}
            />
          </span>
        ) : null}
      </div>
      <div className="grid content-start gap-x-8 gap-y-6 px-4 pb-8 sm:px-6 wide:grid-cols-[minmax(0,1fr)_23.125rem]">
        <div className="min-w-0 space-y-6">
          <Part what={texts.parts.incidents} of={fleet}>
            {(it) => <Incidents fleet={it} words={words} now={now} />}
          </Part>
        </div>
        {isEmpty ? null : (
          <>
            <div className="min-w-0 space-y-6 wide:row-span-2">
              <Part what={texts.parts.figures} of={fleet}>
                {(it) => (
                  <>
                    <FleetFigures figures={it.figures} words={words} />
                    <Worst coverage={it.matrix} zone={zone} />
                  </>
                )}
              </Part>
            </div>
            <div className="min-w-0 space-y-6">
              {fleet.failed === null ? <Quiet fleet={fleet.view} /> : null}
              <Section
                title={texts.night.title}
                act={
                  <Link href={paths.runs()} prefetch={false} className="quiet-link">
                    {texts.night.open}
                  </Link>
                }
              >
                <Part what={texts.parts.night} of={night}>
                  {(it) => <Night night={it} words={words} />}
                </Part>
              </Section>
            </div>
          </>
        )}
      </div>
      <NoteForms />
    </>
  );
}

function Counts({ fleet: { needYou, canWait, quiet } }: { fleet: Fleet }) {
  return (
    <p className="text-sm text-ink-2">
      <Count n={needYou.length} href={paths.home({ show: 'all' })} />{' '}
      {texts.needYou(needYou.length)} ·{' '}
      <Count n={canWait.length} href={paths.home({ show: 'wait' })} /> {texts.canWait} ·{' '}
      <Count n={quiet} href={paths.customers({ show: 'quiet' })} /> {texts.quiet}
    </p>
  );
}

async function Incidents({ fleet, words, now }: { fleet: Fleet; words: Words; now: Date }) {
  const { customers, needYou, canWait, asleep } = fleet;
  const { actor } = await requireContext();
  const mayAdd =
    (await whyNot('customers.connect')) === null &&
    'reach' in actor &&
    actor.reach.customers === 'all';
  return (
    <>
      {customers === 0 ? (
        <Empty
          icon="moon"
          title={texts.noCustomers}
          act={
            mayAdd ? (
              <ButtonLink href={paths.newCustomer()} weight="primary">
                {texts.addCustomer}
              </ButtonLink>
            ) : undefined
          }
        >
          {texts.noCustomersNote}
        </Empty>
      ) : needYou.length === 0 ? (
        <Empty icon="check" title={texts.nothing}>
          {texts.nothingNote(customers, words.clock(now))}
        </Empty>
      ) : (
        <>
          <IncidentList incidents={needYou.slice(0, cards)} now={now} />
          <More group="all" of={needYou.length} shown={cards} />
        </>
      )}
      {canWait.length > 0 ? (
        <Section title={texts.canWaitTitle} note={formatCount(canWait.length)}>
          <QuietLines incidents={canWait.slice(0, shown)} now={now} />
          <More group="wait" of={canWait.length} shown={shown} />
        </Section>
      ) : null}
      {asleep.length > 0 ? (
        <Section title={texts.asleepTitle} note={formatCount(asleep.length)}>
          <QuietLines incidents={asleep.slice(0, shown)} now={now} />
          <More group="asleep" of={asleep.length} shown={shown} />
        </Section>
      ) : null}
    </>
  );
}

function Worst({ coverage, zone }: { coverage: Coverage; zone: string }) {
  const rows = coverage.rows.slice(0, worst);
  return (
    <Section
      title={texts.matrix.title}
      note={texts.matrix.note(rows.length, coverage.rows.length, zone)}
    >
      <Matrix coverage={coverage} rows={rows} detail={false} label={texts.matrix.title} />
      <div className="mt-3 space-y-2">
        <OutcomeLegend words={outcomeTexts} />
        <Link href={paths.coverage()} prefetch={false} className="quiet-link text-sm">
          {texts.matrix.all}
        </Link>
      </div>
    </Section>
  );
}

function Quiet({ fleet }: { fleet: Fleet }) {
  return (
    <Section
      title={texts.quietTitle}
      note={texts.quietNote(fleet.quiet)}
      act={
        fleet.quiet > 0 ? (
          <Link href={paths.customers({ show: 'quiet' })} prefetch={false} className="quiet-link">
            {texts.showQuiet}
          </Link>
        ) : undefined
      }
    >
      {fleet.onboarding.length > 0 ? <Onboarding fleet={fleet} /> : null}
    </Section>
  );
}

function More({ group, of, shown: first }: { group: Group; of: number; shown: number }) {
  if (of <= first) return null;
  return (
    <p className="pt-1 text-sm">
      <Link href={paths.home({ show: group })} prefetch={false} className="quiet-link">
        {texts.more(of - first)}
      </Link>
    </p>
  );
}

function Count({ n, href }: { n: number; href: string }): ReactNode {
  return (
    <Link href={href} prefetch={false} className="number-link font-semibold text-ink">
      {formatCount(n)}
    </Link>
  );
}

function Onboarding({ fleet }: { fleet: Fleet }) {
  return (
    <ul className="text-sm">
      {fleet.onboarding.slice(0, shown).map(({ id, name, covered, mailboxes }) => (
        <li key={id} className="flex min-h-row items-center gap-3 border-b border-line py-1">
          <Spinner className="size-3.5 text-run-mark" />
          <p className="min-w-0 flex-1">
            <Link
              href={paths.customer(id)}
              prefetch={false}
              className="font-medium hover:underline"
            >
              {name}
            </Link>{' '}
            <span className="text-ink-2">{texts.onboarding}</span>
          </p>
          {covered === null || mailboxes === null ? null : (
            <Link
              href={paths.customerMailboxes(id, { show: 'covered' })}
              prefetch={false}
              className="number-link text-ink-2"
            >
              {texts.onboardingOf(covered, mailboxes)}
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
