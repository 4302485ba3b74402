import type { ReactNode } from 'react';

/** Numbers that answer the page's question, each with its unit and age. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line lg:grid-cols-4">
      {children}
    </dl>
  );
}

export function Figure({
  name,
  value,
  unit,
  note,
}: {
  name: string;
  value: ReactNode;
  unit?: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-xs font-medium text-ink-2">{name}</dt>
      <dd className="mt-0.5">
        <span className="text-2xl font-semibold tracking-tight max-sm:text-xl">{value}</span>
        {unit ? <span className="ml-1.5 text-sm text-ink-2">{unit}</span> : null}
        <span className="block text-xs text-ink-3">{note}</span>
      </dd>
    </div>
  );
}
