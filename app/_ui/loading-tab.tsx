import { Bar, Loading, Rows } from './skeleton.tsx';

/** A tab of a customer, below the head and the tabs, which stand already: a heading and a list. */
export function LoadingTab({ what, rows = 10 }: { what: string; rows?: number }) {
  return (
    <div className="px-4 py-4 sm:px-6">
      <Loading what={what}>
        <Bar className="mb-3 h-5 w-40" />
        <Rows count={rows} />
      </Loading>
    </div>
  );
}
