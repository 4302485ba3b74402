import { HalfRing, Icon, Spinner } from './icon.tsx';

export type CellOutcome =
  | 'good'
  | 'gaps'
  | 'late'
  | 'failed'
  | 'running'
  | 'paused'
  | 'none'
  | 'unknown';

/** What stands in the cell of a day; a good day is a dot drawn by its class alone. */
function CellGlyph({ outcome }: { outcome: CellOutcome }) {
  const size = 'size-3.5';
  switch (outcome) {
    case 'gaps':
      return <HalfRing className={size} />;
    case 'late':
      return <Icon name="clock" className={size} />;
    case 'failed':
      return <Icon name="x" className={size} />;
    case 'running':
      return <Spinner className={size} />;
    case 'paused':
      return <Icon name="pause" className="size-3" />;
    case 'unknown':
      return <Icon name="help" className={size} />;
    default:
      return null;
  }
}

/** One day of one customer. With an address it leads to what happened on it. */
export function OutcomeCell({
  outcome,
  label,
  href,
  stop,
}: {
  outcome: CellOutcome;
  /** "Contoso, Sun 22 Nov, failed". */
  label: string;
  href?: string;
  /** In a grid: whether Tab stops here; arrows lead to the others. */
  stop?: boolean;
}) {
  const className = `cell cell-${outcome}`;
  if (href === undefined) {
    return (
      <span className={className} role="img" aria-label={label}>
        <CellGlyph outcome={outcome} />
      </span>
    );
  }
  return (
    <a
      href={href}
      aria-label={label}
      className={className}
      tabIndex={stop === undefined || stop ? 0 : -1}
      data-cell={outcome}
    >
      <CellGlyph outcome={outcome} />
    </a>
  );
}

/** What the cells mean, in words. */
export function OutcomeLegend({ words }: { words: Partial<Record<CellOutcome, string>> }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-2">
      {(Object.entries(words) as [CellOutcome, string][]).map(([outcome, word]) => (
        <li key={outcome} className="flex items-center gap-1.5">
          <span aria-hidden className={`cell cell-${outcome} size-4! scale-90`}>
            <CellGlyph outcome={outcome} />
          </span>
          {word}
        </li>
      ))}
    </ul>
  );
}
