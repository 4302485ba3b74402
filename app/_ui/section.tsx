import type { ReactNode } from 'react';

/** A heading with its count or note, an act at the right, and what it heads. */
export function Section({
  id,
  title,
  note,
  act,
  children,
  className = '',
}: {
  /** For links that lead to it. */
  id?: string;
  title: string;
  note?: ReactNode;
  act?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section id={id} className={className}>
      <div className="mb-1.5 flex flex-wrap items-baseline gap-x-2">
        <h2 className="text-base font-semibold">{title}</h2>
        {note ? <p className="text-xs text-ink-3">{note}</p> : null}
        {act ? <div className="ml-auto text-sm">{act}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** A card with a head line, for what stands beside the page. */
export function Card({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="rounded-lg border border-line">
      <div className="flex items-baseline gap-2 border-b border-line px-4 py-2.5">
        <h2 className="text-base font-semibold">{title}</h2>
        {note ? <p className="ml-auto text-xs text-ink-3">{note}</p> : null}
      </div>
      <div className="px-4 py-3">{children}</div>
    </section>
  );
}
