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
import { putBackItem } from '../../../actions.ts';
import { BigAct } from '../../../parts/big-act.tsx';
import { ActBar, Column, pageTitle, quietAct } from '../../../parts/column.tsx';
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
  searchParams: Promise<{ search?: string; view?: string }>;
}) {
  const { mailboxId, itemId } = await params;
  const { search, view } = await searchParams;
  const { ctx, viewer, mailboxes, administers } = await home();
  const { tenantId, customerName, mspName } = viewer;
  const sealed = mailboxes.find(({ id }) => id === mailboxId)?.state === 'sealed';
  const opened = await readItem(ctx, { tenantId, mailboxId, itemId }).catch((err: unknown) => {
    if (isAppError(err, 'not-found') || isAppError(err, 'forbidden')) notFound();
    return tell(err);
  });
  return (
    <>
      <Column close className="space-y-2">
        <Link
          href={search ? paths.mySearch(search) : paths.my()}
          prefetch={false}
          className="-ml-2 inline-flex h-11 items-center gap-1 pr-2 text-base font-medium text-ink-2 hover:text-ink"
        >
          <Icon name="chevronLeft" className="size-5" />
          {search ? texts.back : texts.backToFind}
        </Link>
        {typeof opened === 'string' ? (
          <>
            <h1 className={pageTitle}>{texts.failed}</h1>
            <Notice tone="late" alert>
              {opened} {texts.failedSafe}
            </Notice>
          </>
        ) : (
          <Letter
            opened={opened}
            tenantId={tenantId}
            view={view === 'formatted' ? 'formatted' : 'text'}
            hrefs={{
              text: paths.myItem(mailboxId, itemId, { search }),
              formatted: paths.myItem(mailboxId, itemId, { search, view: 'formatted' }),
            }}
            kept={sealed}
            noted={administers ? texts.notedAll(mspName) : texts.noted(customerName)}
          />
        )}
      </Column>
      <ActBar>
        <div className="flex gap-3">
          <BigAct
            action={putBackItem}
            fields={{ mailboxId, item: itemId }}
            className="flex-1 sm:flex-none"
          >
            <Icon name="undo" className="size-4" />
            {sealed ? texts.elsewhere : texts.putBack}
          </BigAct>
          {typeof opened === 'string' ? null : (
            <a
              href={paths.mailFile(tenantId, mailboxId, itemId)}
              aria-label={texts.download}
              className={`${quietAct} px-3.5`}
            >
              <Icon name="download" className="size-5" />
            </a>
          )}
        </div>
        <p className="text-base text-ink-2 max-sm:text-center">{myTexts.results.toLook}</p>
      </ActBar>
    </>
  );
}
