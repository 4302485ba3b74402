import { type ComponentProps, cache, use } from 'react';
import { reading } from '#app/_server/viewer.ts';
import { createWords, type Words } from './words.ts';

type Form = keyof Words;

/** Made once for all the moments of a page. */
const wordsOfPage = cache(async () => {
  const { zone, now } = await reading();
  return { here: createWords(zone, now), utc: createWords('UTC', now) };
});

/** Stands in a sentence where a moment goes. */
export const timeMark = '\ue000';

/**
 * A sentence with a moment in it. `say` gets what stands for the moment; a sentence that does not
 * name it is said without.
 */
export function TimeIn({
  say,
  ...time
}: { say: (mark: string) => string } & ComponentProps<typeof Time>) {
  const [before, after] = say(timeMark).split(timeMark);
  return (
    <>
      {before}
      {after === undefined ? null : <Time {...time} />}
      {after}
    </>
  );
}

/**
 * A moment in the zone of whoever reads. Its UTC shows under the pointer and, since it can be
 * reached with Tab, to the keyboard (`TimeHint` in the layout draws it). A list has hundreds: once the
 * words are made, none of them is waited for and sent as a part of its own.
 */
export function Time({
  at,
  as = 'moment',
  inside = false,
  className,
}: {
  at: Date | string;
  /** `moment`: Tue 17 Nov, 09:14; `short` leaves out today; `ago`: 9 min ago; the others as in `Words`. */
  as?: Form;
  /**
   * Tab passes by. Inside a link, a button or a row that has one focus there shows its UTC; of the age of the
   * page itself, which is now, the pointer alone does.
   */
  inside?: boolean;
  className?: string;
}) {
  const { here, utc } = use(wordsOfPage());
  const moment = new Date(at);
  return (
    <time
      dateTime={moment.toISOString()}
      data-utc={utc.moment(moment)}
      tabIndex={inside ? undefined : 0}
      className={className}
    >
      {here[as](moment)}
    </time>
  );
}
