import { reading } from '#app/_server/viewer.ts';
import { createWords, type Words } from './words.ts';

type Form = keyof Words;

/**
 * A moment in the zone of whoever reads. Its UTC shows under the pointer and, since it can be
 * reached with Tab, to the keyboard (`TimeHint` in the layout draws it).
 */
export async function Time({
  at,
  as = 'moment',
  inside = false,
  className,
}: {
  at: Date | string;
  /** `moment`: Tue 17 Nov, 09:14; `short` leaves out today; `ago`: 9 min ago; the others as in `Words`. */
  as?: Form;
  /** Inside a link, a button or a row that has one: focus there shows it, and Tab passes by. */
  inside?: boolean;
  className?: string;
}) {
  const { zone, now } = await reading();
  const moment = new Date(at);
  return (
    <time
      dateTime={moment.toISOString()}
      data-utc={createWords('UTC', now).moment(moment)}
      tabIndex={inside ? undefined : 0}
      className={className}
    >
      {createWords(zone, now)[as](moment)}
    </time>
  );
}
