import type { ReactNode } from 'react';
import { mailTexts } from '#app/_texts/mail.ts';
import { Bar, Loading } from '#app/_ui/skeleton.tsx';

/** The mailbox at its final heights, while its folders and items are read. */
export function MailboxLoading({ head, timeline }: { head: ReactNode; timeline: boolean }) {
  return (
    <div className="flex flex-1 flex-col lg:h-[calc(100dvh-3rem)] lg:flex-none" data-alone>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-4 pb-1 max-sm:hidden sm:px-6">
        {head}
      </div>
      <Loading what={mailTexts.mailbox.what}>
        <div className="border-b border-line px-4 py-2 sm:px-6">
          <div className="flex h-8.5 items-center gap-4 max-sm:h-11">
            <Bar className="h-4 w-44" />
            <Bar className="h-4 w-60 max-sm:hidden" />
          </div>
          {timeline ? <div className="mt-1 h-15 max-sm:hidden" /> : null}
        </div>
        <div className="flex">
          <div className="w-56 shrink-0 space-y-px border-r border-line p-2 max-lg:hidden">
            {lines.map((line) => (
              <div key={line} className="flex h-row items-center pl-7.5">
                <Bar className={`h-3 ${line % 2 === 0 ? 'w-24' : 'w-32'}`} />
              </div>
            ))}
          </div>
          <div className="min-w-0 border-line max-lg:flex-1 lg:w-96 lg:shrink-0 lg:border-r">
            <div className="h-12 border-b border-line lg:hidden" />
            <div className="h-11 border-b border-line" />
            {lines.map((line) => (
              <div
                key={line}
                className="flex h-[3.75rem] flex-col justify-center gap-2.5 border-b border-line pr-4 pl-12 max-sm:h-[4.125rem]"
              >
                <Bar className={`h-3 ${line % 3 === 0 ? 'w-40' : 'w-32'}`} />
                <Bar className={`h-3 ${line % 2 === 0 ? 'w-60' : 'w-48'}`} />
              </div>
            ))}
          </div>
        </div>
      </Loading>
    </div>
  );
}

const lines = Array.from({ length: 10 }, (_, index) => index);
