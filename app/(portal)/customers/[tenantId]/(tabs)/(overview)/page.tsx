import type { Metadata } from 'next';
import Link from 'next/link';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { part } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { customerTexts as texts } from '#app/_texts/customer.ts';
import { Figure, Figures } from '#app/_ui/figures.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { Part } from '#app/_ui/part.tsx';
import { Section } from '#app/_ui/section.tsx';
import { Status } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { createWords } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { EntraApp } from '#db/enums.ts';
import { formatBytes, formatCount } from '#lib/core/bytes.ts';
import { customerPast } from '#lib/services/coverage/past.ts';
import type { CustomerView } from '#lib/services/customers/view.ts';
import type { NotedIncident } from '#lib/services/incidents/gather.ts';
import { listIncidents } from '#lib/services/incidents/list.ts';
import { listMailboxesToLookAt } from '#lib/services/mailboxes/need-a-look.ts';
import { listRuns } from '#lib/services/runs/list.ts';
import { IncidentList } from '../../../../parts/incident-list.tsx';
import { NoteForms } from '../../../../parts/note-forms.tsx';
import { RunLines } from '../../../../runs/parts/run-lines.tsx';
import { theCustomer } from '../../parts/customer.ts';
import { DayStrip, dayCounts } from '../../parts/day-strip.tsx';
import { everyWords } from '../../parts/every-words.ts';
import { RestoreMail, SearchMail } from '../../parts/mail-acts.tsx';
import { RecoveryStrip, recoverySentence } from '../../parts/recovery-strip.tsx';
import { ToLookAt } from '../../parts/to-look-at.tsx';

export const metadata: Metadata = { title: texts.titles.overview };

const days = 30;

/** Is this customer protected, and since when not? */
export default async function CustomerPage({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  const ctx = await requireContext();
  const { zone, now } = await reading();
  const [customer, incidents, past, toLookAt, runs] = await Promise.all([
    theCustomer(tenantId),
    part(listIncidents(ctx, { tenantId })),
    part(customerPast(ctx, { tenantId, zone, days })),
    part(listMailboxesToLookAt(ctx, { tenantId })),
    part(listRuns(ctx, { tenantId, limit: 6 })),
  ]);
  const words = createWords(zone, now);
  const { figures } = customer;
  const copied = figures.lastGoodAt !== null;

  return (
    <>
      <div className="grid flex-1 grid-cols-1 content-start gap-x-8 gap-y-6 px-4 py-4 sm:px-6 wide:grid-cols-[minmax(0,1fr)_18.75rem]">
        <div className="min-w-0 space-y-6">
          {customer.state === 'disconnected' ? (
            <Notice icon="archive" title={texts.connection.leaving.leftTitle}>
              {texts.connection.leaving.left}
            </Notice>
          ) : null}
          <Part what={texts.parts.incidents} of={incidents}>
            {(all) => <Awake incidents={all} now={now} />}
          </Part>
          <Figures>
            <Figure
              name={texts.figures.lastGood}
              value={
                <Link href={paths.customerRuns(tenantId)} prefetch={false}>
                  {figures.lastGoodAt ? (
                    <Time at={figures.lastGoodAt} as="age" inside />
                  ) : (
                    texts.figures.none
                  )}
                </Link>
              }
              note={
                figures.lastGoodAt ? (
                  <Time at={figures.lastGoodAt} />
                ) : customer.state === 'connected' ? (
                  texts.figures.firstOnItsWay
                ) : (
                  texts.figures.notConnected
                )
              }
            />
            <Figure
              name={texts.figures.covered}
              value={
                figures.total === 0 ? (
                  texts.figures.noData
                ) : (
                  <Link
                    href={paths.customerMailboxes(tenantId, { show: 'covered' })}
                    prefetch={false}
                  >
                    {formatCount(figures.covered)}
                  </Link>
                )
              }
              unit={figures.total === 0 ? undefined : texts.figures.of(formatCount(figures.total))}
              note={
                figures.total === 0 ? (
                  texts.figures.noMailbox
                ) : figures.covered === figures.total ? (
                  texts.figures.every
                ) : (
                  <Link
                    href={paths.customerMailboxes(tenantId, { show: 'without' })}
                    prefetch={false}
                    className="quiet-link"
                  >
                    {texts.figures.uncovered(figures.total - figures.covered)}
                  </Link>
                )
              }
            />
            <Figure
              name={texts.figures.unexplained}
              value={
                past.failed === null && (copied || past.view.unexplainedItems > 0) ? (
                  <Link
                    href={paths.runs({ customer: tenantId, show: 'unexplained' })}
                    prefetch={false}
                  >
                    {formatCount(past.view.unexplainedItems)}
                  </Link>
                ) : (
                  texts.figures.noData
                )
              }
              note={
                copied ? texts.figures.ofItems(formatCount(figures.items)) : texts.figures.noCopy
              }
            />
            <Figure
              name={texts.figures.stored}
              value={
                figures.measuredAt === null ? (
                  texts.figures.noData
                ) : (
                  <Link href={paths.customerMailboxes(tenantId)} prefetch={false}>
                    {formatBytes(figures.storedBytes)}
                  </Link>
                )
              }
              note={
                figures.measuredAt === null ? (
                  texts.figures.unmeasured
                ) : (
                  <>
                    {texts.figures.raw(formatBytes(figures.rawBytes))},{' '}
                    <Time at={figures.measuredAt} as="ago" />
                  </>
                )
              }
            />
          </Figures>
          <Part what={texts.parts.past} of={past}>
            {(it) => (
              <>
                <Section title={texts.days.title} note={texts.days.counts(dayCounts(it))}>
                  <DayStrip past={it} />
                </Section>
                <Section
                  id="recovery"
                  title={texts.recovery.title}
                  note={recoverySentence(it.recovery)}
                >
                  <RecoveryStrip recovery={it.recovery} words={words} />
                </Section>
              </>
            )}
          </Part>
          <Part what={texts.parts.toLookAt} of={toLookAt}>
            {(found) => <ToLookAt customer={customer} found={found} />}
          </Part>
          <Section
            title={texts.latest.title}
            act={
              <Link href={paths.customerRuns(tenantId)} prefetch={false} className="quiet-link">
                {texts.latest.all}
              </Link>
            }
          >
            <Part what={texts.parts.runs} of={runs}>
              {(latest) => <RunLines tenantId={tenantId} runs={latest} />}
            </Part>
          </Section>
        </div>
        <Aside customer={customer} />
      </div>
      <div className="sticky bottom-14 flex gap-3 border-t border-line bg-surface p-4 sm:hidden">
        <SearchMail customer={customer} className="flex-1" />
        <RestoreMail customer={customer} className="flex-1" />
      </div>
    </>
  );
}

function Awake({ incidents, now }: { incidents: NotedIncident[]; now: Date }) {
  const awake = incidents.filter(({ asleep }) => !asleep);
  if (awake.length === 0) return null;
  return (
    <>
      <IncidentList incidents={awake} now={now} primary={false} />
      <NoteForms />
    </>
  );
}

async function Aside({ customer }: { customer: CustomerView }) {
  const { policy, figures } = customer;
  const uncounted = await whyNot('usage.read');
  const t = texts.aside;
  return (
    <aside className="min-w-0 divide-y divide-line [&>*]:py-6 [&>*:first-child]:pt-0">
      <Section
        title={t.connection}
        act={
          <Link
            href={paths.customerConnection(customer.id)}
            prefetch={false}
            className="quiet-link"
          >
            {t.open}
          </Link>
        }
      >
        <dl className="facts">
          <dt>{t.backupApp}</dt>
          <dd>
            <AppState customer={customer} app="backup" />
          </dd>
          <dt>{t.restoreApp}</dt>
          <dd>
            <AppState customer={customer} app="restore" />
          </dd>
        </dl>
      </Section>
      <Section
        title={t.protectedBy}
        act={
          <Link href={paths.customerPolicy(customer.id)} prefetch={false} className="quiet-link">
            {t.change}
          </Link>
        }
      >
        <dl className="facts">
          <dt>{t.policy}</dt>
          <dd>
            {policy === null
              ? t.none
              : policy.paused
                ? t.everyPaused(policy.name)
                : t.every(policy.name, everyWords(policy.everyMinutes))}
          </dd>
          <dt>{t.keeps}</dt>
          <dd>{t.everything}</dd>
          <dt>{t.vault}</dt>
          <dd>{t.encrypted}</dd>
          <dt>{t.free}</dt>
          <dd>
            {figures.measuredAt === null ? (
              texts.figures.unmeasured
            ) : figures.freeBytes === null ? (
              t.freeUnknown
            ) : (
              <>
                {t.freeOf(formatBytes(figures.freeBytes))},{' '}
                <Time at={figures.measuredAt} as="ago" />
              </>
            )}
          </dd>
          <dt>{t.usage}</dt>
          <dd>
            {uncounted === null ? (
              <Link
                href={paths.billing({ customer: customer.id })}
                prefetch={false}
                className="quiet-link"
              >
                {t.usageLink}
              </Link>
            ) : (
              <span className="text-ink-3" title={uncounted}>
                {t.usageLink}
                <span className="sr-only">. {uncounted}</span>
              </span>
            )}
          </dd>
          {figures.sealed > 0 ? (
            <>
              <dt>{t.sealed}</dt>
              <dd>
                <Link
                  href={paths.leavers({ customer: customer.id })}
                  prefetch={false}
                  className="quiet-link"
                >
                  {formatCount(figures.sealed)}
                </Link>
              </dd>
            </>
          ) : null}
        </dl>
      </Section>
    </aside>
  );
}

function AppState({ customer, app }: { customer: CustomerView; app: EntraApp }) {
  const link = customer.connections.find((it) => it.app === app);
  if (link === undefined) return <Status kind="unknown">{texts.aside.missing}</Status>;
  // What its administrator approved may still stand at Microsoft; here nothing uses it.
  if (customer.state === 'disconnected') return <Status kind="off">{texts.aside.unused}</Status>;
  return (
    <>
      <Status
        kind={link.state === 'connected' ? 'done' : link.state === 'waiting' ? 'run' : 'fail'}
      >
        {texts.aside.states[link.state]}
      </Status>{' '}
      {link.lostAt ? (
        <Time at={link.lostAt} as="short" />
      ) : link.verifiedAt ? (
        <Time at={link.verifiedAt} as="day" />
      ) : null}
    </>
  );
}
