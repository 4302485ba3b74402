import { mailboxTexts } from '#app/_texts/customer.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { type MailboxesList, paths } from '#app/paths.ts';
import { mailboxShows } from '#lib/services/mailboxes/rules.ts';

const texts = mailboxTexts.filter;

/** Narrows the list of mailboxes; works without script. */
export function MailboxFilter({ tenantId, list }: { tenantId: string; list: MailboxesList }) {
  return (
    <form action={paths.customerMailboxes(tenantId)} className="flex min-w-0 items-center gap-2">
      <select
        // React keeps what was chosen before; another list has another choice.
        key={list.show ?? ''}
        name="show"
        aria-label={texts.show}
        defaultValue={list.show ?? ''}
        className="h-8 max-w-48 min-w-0 rounded-md border border-line-strong bg-surface pr-7 pl-2 text-sm max-sm:h-11"
      >
        <option value="">{texts.all}</option>
        {mailboxShows.map((show) => (
          <option key={show} value={show}>
            {texts.shows[show]}
          </option>
        ))}
      </select>
      <button type="submit" className={buttonClass('secondary')}>
        {texts.apply}
      </button>
    </form>
  );
}
