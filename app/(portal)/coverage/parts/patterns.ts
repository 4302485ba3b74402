import { coverageTexts as texts } from '#app/_texts/fleet.ts';
import type { Coverage } from '#lib/services/coverage/list.ts';
import { dayWords } from './day-words.ts';

/** From so many customers on, a night is one of all and not one of theirs. */
const nightMin = 3;
/** So often on the same day of the week is a habit. */
const habitMin = 3;

/** What stands out, as sentences: the worst night, and one habit. */
export function patternsOf({ days, rows, troubled }: Coverage): string[] {
  const found: string[] = [];
  const worst = Math.max(0, ...troubled);
  const usual = [...troubled].sort((a, b) => a - b)[Math.floor(troubled.length / 2)] ?? 0;
  if (worst >= nightMin && worst >= 3 * Math.max(1, usual)) {
    found.push(texts.badNight(dayWords(days[troubled.indexOf(worst)]!.date).name, worst));
  }
  const weekdays = days.map(({ date }) => dayWords(date).weekday);
  for (const { name, outcomes } of rows) {
    const late = new Map<string, number>();
    const seen = new Map<string, number>();
    outcomes.forEach((outcome, index) => {
      const weekday = weekdays[index]!;
      seen.set(weekday, (seen.get(weekday) ?? 0) + 1);
      if (outcome === 'late') late.set(weekday, (late.get(weekday) ?? 0) + 1);
    });
    for (const [weekday, count] of late) {
      if (count >= habitMin && count === seen.get(weekday)) {
        return [...found, texts.habit(name, weekday)];
      }
    }
  }
  return found;
}
