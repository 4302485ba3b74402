import { Bar, Loading } from '#app/_ui/skeleton.tsx';
import { Column, pageTitle, rows } from './column.tsx';

/** A page of the usual form before its rows are there: title at once, rows at their height. */
export function MyLoading({
  title,
  what,
  search = false,
  count = 5,
}: {
  title: string;
  what: string;
  /** With the box and the chips of the search above. */
  search?: boolean;
  count?: number;
}) {
  return (
    <Column className="space-y-6">
      <h1 className={pageTitle}>{title}</h1>
      <Loading what={what}>
        {search ? (
          <div className="mb-6 space-y-3">
            <div className="h-12 rounded-lg border border-line" />
            <div className="flex gap-2">
              <div className="h-11 w-40 rounded-full border border-line" />
              <div className="h-11 w-28 rounded-full border border-line" />
            </div>
          </div>
        ) : null}
        <Lines count={count} />
      </Loading>
    </Column>
  );
}

/** Rows of a page whose head stands already. */
export function RowsLoading({ what, count }: { what: string; count: number }) {
  return (
    <Loading what={what}>
      <Lines count={count} />
    </Loading>
  );
}

function Lines({ count }: { count: number }) {
  return (
    <div className={rows}>
      {Array.from({ length: count }, (_, index) => index).map((row) => (
        <div key={row} className="flex h-17 flex-col justify-center gap-2.5 px-4">
          <Bar className={`h-3.5 ${row % 2 === 0 ? 'w-56' : 'w-44'}`} />
          <Bar className="h-3 w-36" />
        </div>
      ))}
    </div>
  );
}
