import { outcomeTexts } from '#app/_texts/fleet.ts';
import { OutcomeCell } from '#app/_ui/outcome-cell.tsx';
import { paths } from '#app/paths.ts';
import type { CustomerPast } from '#lib/services/coverage/past.ts';
import { type DayOutcome, dayOutcomes } from '#lib/services/coverage/rules.ts';
import { dayWords } from '../../../coverage/parts/day-words.ts';

/** How many days were what, worst first: "1 failed, 2 late, 27 good". */
export function dayCounts({ row }: CustomerPast): string[] {
  const count = (outcome: DayOutcome) => row.outcomes.filter((it) => it === outcome).length;
  return [...dayOutcomes]
    .filter((outcome) => outcome !== 'none' && count(outcome) > 0)
    .reverse()
    .map((outcome) => `${count(outcome)} ${outcomeTexts[outcome]}`);
}

/** The worst outcome of each day; each leads to the runs of its day. */
export function DayStrip({ past }: { past: CustomerPast }) {
  return (
    <ul className="grid grid-cols-[repeat(15,minmax(0,1fr))] gap-1 lg:grid-cols-[repeat(30,minmax(0,1fr))]">
      {past.row.outcomes.map((outcome, index) => {
        const { date } = past.days[index]!;
        const label = `${dayWords(date).name}, ${outcomeTexts[outcome]}`;
        return (
          <li key={date} className="[&>*]:w-full">
            {outcome === 'none' ? (
              <OutcomeCell outcome={outcome} label={label} />
            ) : (
              <OutcomeCell
                outcome={outcome}
                label={label}
                href={paths.customerRuns(past.row.id, { day: date })}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}
