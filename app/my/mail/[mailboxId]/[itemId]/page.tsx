import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { tell } from '#app/_server/failures.ts';
import { myTexts } from '#app/_texts/my.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { paths } from '#app/paths.ts';
import { isAppError } from '#lib/core/errors.ts';
import { readItem } from '#lib/services/items/read.ts';
import { downloadItem, putBackItem } from '../../../actions.ts';
import { BigAct } from '../../../parts/big-act.tsx';
import { ActBar, Column } from '../../../parts/column.tsx';
import { home } from '../../../parts/home.ts';
import { Letter } from '../../../parts/letter.tsx';

const texts = myTexts.read;

/** The subject stands on the page and never in its title. */
export const metadata: Metadata = { title: texts.title };

/** One message, as text first; and what can be done with it. */
export default async function MyMailPage({
  params,
  searchParams,
}: {
  params: Promise<{ mailboxId: string; itemId: string }>;
  searchParams: Promise<{ search?: string }>;
}) {
  const { mailboxId, itemId } = await params;
  const { search } = await searchParams;
  const { ctx, viewer, mailboxes } = await home();
  const { tenantId } = viewer;
  const gone = mailboxes.find(({ id }) => id === mailboxId)?.state === 'sealed';
  const fields = { mailboxId, item: itemId };
  const read = await readItem(ctx, { tenantId, mailboxId, itemId }).catch((err: unknown) => {
    if (isAppError(err, 'not-found') || isAppError(err, 'forbidden')) notFound();
    return tell(err);
  });
  return (
    <>
      <Column className="space-y-4 pt-2 sm:pt-4">
        <Link
          href={search ? paths.mySearch(search) : paths.my()}
          prefetch={false}
          className="-ml-2 inline-flex h-11 items-center gap-1 pr-2 text-base font-medium text-ink-2 hover:text-ink"
        >
          <Icon name="chevronLeft" className="size-5" />
          {search ? texts.back : texts.backToFind}
        </Link>
        {typeof read === 'string' ? (
          <Notice tone="late" title={texts.failed} alert>
            {read} {texts.failedSafe}
          </Notice>
        ) : (
          <Letter read={read} customer={viewer.customerName} />
        )}
      </Column>
      <ActBar>
        <div className="flex gap-3">
          <BigAct action={putBackItem} fields={fields} className="flex-1">
            <Icon name="undo" className="size-4" />
            {gone ? texts.elsewhere : texts.putBack}
          </BigAct>
          <BigAct
            action={downloadItem}
            fields={fields}
            quiet
            label={texts.download}
            className="px-3.5"
          >
            <Icon name="download" className="size-5" />
          </BigAct>
        </div>
        <p className="text-base text-ink-2 max-sm:text-center">{myTexts.results.toLook}</p>
      </ActBar>
    </>
  );
}
