import { requireContext } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { reading } from '#app/_server/viewer.ts';
import { tonightTexts as texts } from '#app/_texts/fleet.ts';
import { ButtonLink } from '#app/_ui/button.tsx';
import { Choices } from '#app/_ui/choices.tsx';
import { Live } from '#app/_ui/live.tsx';
import { Empty } from '#app/_ui/states.tsx';
import { TimeIn } from '#app/_ui/time.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { formatCount } from '#lib/core/bytes.ts';
import { stampFleet } from '#lib/services/figures/stamp.ts';
import { type IncidentGroup as Group, incidentGroups } from '#lib/services/incidents/input.ts';
import { pageOfIncidents } from '#lib/services/incidents/page.ts';
import { IncidentList } from './incident-list.tsx';
import { incidentPositionOf, incidentPositionText } from './incident-position.ts';
import { NoteForms } from './note-forms.tsx';
import { QuietLines } from './quiet-lines.tsx';

/** A card has three acts, a line one. */
const shownAtOnce = { all: 20, wait: 50, asleep: 50 } as const;

/** All that needs somebody, can wait or sleeps, some at a time; worked through from here as on Tonight. */
export async function IncidentGroup({ group, after }: { group: Group; after: string | undefined }) {
  const ctx = await requireContext();
  const [page, { stamp }] = await load(
    Promise.all([
      pageOfIncidents(ctx, {
        group,
        after: incidentPositionOf(after),
        limit: shownAtOnce[group],
      }),
      stampFleet(ctx),
    ]),
  );
  const { now } = await reading();
  const { incidents, total, next } = page;
  return (
    <>
      <TopBar
        crumbs={[{ label: texts.title, href: paths.home() }, { label: texts.groups[group] }]}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-5 pb-3 sm:px-6">
        <h1 className="text-xl font-semibold">
          {texts.groups[group]}{' '}
          <span className="ml-1.5 text-base font-normal text-ink-2">{formatCount(total)}</span>
        </h1>
        <Choices
          label={texts.groupsLabel}
          choices={incidentGroups.map((name) => ({
            name: texts.groups[name],
            href: paths.home({ show: name }),
            on: name === group,
          }))}
        />
        <span className="ml-auto">
          <Live
            from={paths.fleetProgress()}
            stamp={stamp}
            text={<TimeIn say={texts.asOf} at={now} as="clock" inside />}
            everyMs={5000}
            about={['run', 'customer', 'incident']}
          />
        </span>
      </div>
      <div className="max-w-240 px-4 pb-4 sm:px-6">
        {incidents.length === 0 ? (
          <Empty icon="check" title={after ? texts.endOfList : texts.groupEmpty[group]}>
            <TimeIn say={texts.lastChecked} at={now} as="clock" />
          </Empty>
        ) : group === 'all' ? (
          <IncidentList incidents={incidents} now={now} primary={!after} />
        ) : (
          <QuietLines incidents={incidents} now={now} />
        )}
        <div className="flex gap-3 py-4">
          {after ? <ButtonLink href={paths.home({ show: group })}>{texts.worst}</ButtonLink> : null}
          {next ? (
            <ButtonLink href={paths.home({ show: group, after: incidentPositionText(next) })}>
              {texts.nextPage}
            </ButtonLink>
          ) : null}
        </div>
      </div>
      <NoteForms />
    </>
  );
}
