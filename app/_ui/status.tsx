import type { ReactNode } from 'react';
import { HalfRing, Icon, Spinner } from './icon.tsx';

/** Always a glyph, a word and a colour; none of the three stands alone. */
export type StatusKind =
  | 'ok'
  | 'done'
  | 'gaps'
  | 'late'
  | 'fail'
  | 'run'
  | 'wait'
  | 'off'
  | 'none'
  | 'unknown'
  | 'seal';

const looks: Record<StatusKind, { ink: string; mark: string; strong: boolean }> = {
  ok: { ink: 'text-ink-2', mark: 'text-ok-mark', strong: false },
  done: { ink: 'text-ink-2', mark: 'text-ok-mark', strong: false },
  gaps: { ink: 'text-late-ink', mark: 'text-late-mark', strong: true },
  late: { ink: 'text-late-ink', mark: 'text-late-mark', strong: true },
  fail: { ink: 'text-fail-ink', mark: 'text-fail-mark', strong: true },
  run: { ink: 'text-run-ink', mark: 'text-run-mark', strong: false },
  wait: { ink: 'text-ink-2', mark: 'text-off-mark', strong: false },
  off: { ink: 'text-off-ink', mark: 'text-off-mark', strong: false },
  none: { ink: 'text-late-ink', mark: 'text-late-mark', strong: true },
  unknown: { ink: 'text-ink-2', mark: 'text-off-mark', strong: false },
  seal: { ink: 'text-seal-ink', mark: 'text-seal-mark', strong: false },
};

export function Glyph({ kind }: { kind: StatusKind }) {
  const mark = looks[kind].mark;
  const size = `size-3.5 ${mark}`;
  switch (kind) {
    case 'ok':
      return (
        <span className="flex size-3.5 shrink-0 items-center justify-center" aria-hidden>
          <span className="size-1.5 rounded-full bg-ok-mark" />
        </span>
      );
    case 'done':
      return <Icon name="check" className={size} />;
    case 'gaps':
      return <HalfRing className={size} />;
    case 'late':
    case 'wait':
      return <Icon name="clock" className={size} />;
    case 'fail':
      return <Icon name="x" className={size} />;
    case 'run':
      return <Spinner className={size} />;
    case 'off':
      return <Icon name="pause" className={size} />;
    case 'none':
      return <Icon name="dashed" className={size} />;
    case 'unknown':
      return <Icon name="help" className={size} />;
    case 'seal':
      return <Icon name="archive" className={size} />;
  }
}

export function Status({ kind, children }: { kind: StatusKind; children: ReactNode }) {
  const look = looks[kind];
  return (
    <span
      className={`inline-flex items-baseline gap-2 whitespace-nowrap ${look.ink} ${look.strong ? 'font-medium' : ''}`}
    >
      <span className="self-center">
        <Glyph kind={kind} />
      </span>
      {children}
    </span>
  );
}
