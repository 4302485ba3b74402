import type { ReactNode } from 'react';
import { stateTexts } from '#app/_texts/frame.ts';

/** What stands while a page loads; it appears after 150 ms and says once what is coming. */
export function Loading({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div className="late-in min-w-0" aria-busy>
      <p role="status" className="sr-only">
        {stateTexts.loading(what)}
      </p>
      <div aria-hidden>{children}</div>
    </div>
  );
}

/** A grey bar where words will be. */
export function Bar({ className = 'h-4 w-40' }: { className?: string }) {
  return <span className={`block rounded-sm bg-hover ${className}`} />;
}

/** Rows of a list at their final height. */
export function Rows({ count = 8, tall = false }: { count?: number; tall?: boolean }) {
  return (
    <div>
      {Array.from({ length: count }, (_, index) => index).map((row) => (
        <div
          key={row}
          className={`flex items-center gap-6 border-b border-line ${tall ? 'h-14' : 'h-row'}`}
        >
          <Bar className={`h-3 ${row % 3 === 0 ? 'w-56' : row % 3 === 1 ? 'w-44' : 'w-64'}`} />
          <Bar className="ml-auto h-3 w-16 max-sm:hidden" />
          <Bar className="h-3 w-20" />
        </div>
      ))}
    </div>
  );
}

/** A whole page of the usual form: bar, title, list. */
export function LoadingPage({
  title,
  what,
  rows = 10,
  tall,
}: {
  /** The h1, where it is known before anything is read. */
  title?: string;
  what: string;
  rows?: number;
  tall?: boolean;
}) {
  return (
    <>
      <div className="sticky top-0 z-20 flex h-12 items-center border-b border-line bg-surface px-4 sm:px-6">
        <span className="text-sm font-medium max-sm:text-lg max-sm:font-semibold">{title}</span>
      </div>
      <div className="px-4 py-5 sm:px-6">
        {title ? (
          <h1 className="mb-5 text-xl font-semibold max-sm:sr-only">{title}</h1>
        ) : (
          <Bar className="mb-5 h-7 w-60" />
        )}
        <Loading what={what}>
          <Rows count={rows} tall={tall} />
        </Loading>
      </div>
    </>
  );
}
