import type { ReactNode } from 'react';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-shapes.ts';

const looks = {
  info: 'border-line bg-canvas text-ink-2',
  late: 'border-late-edge bg-late-tint text-ink-2',
  fail: 'border-fail-edge bg-fail-tint text-ink-2',
  ok: 'border-ok-edge bg-ok-tint text-ink-2',
} as const;

const glyphs: Record<keyof typeof looks, { name: IconName; ink: string }> = {
  info: { name: 'info', ink: 'text-ink' },
  late: { name: 'alert', ink: 'text-late-mark' },
  fail: { name: 'x', ink: 'text-fail-mark' },
  ok: { name: 'check', ink: 'text-ok-mark' },
};

/** What happened, what is safe, what to do. Stays until it is no longer true. */
export function Notice({
  tone = 'info',
  title,
  icon,
  children,
  alert = false,
  alone = false,
}: {
  tone?: keyof typeof looks;
  title?: ReactNode;
  icon?: IconName;
  children?: ReactNode;
  /** Read aloud at once: for what follows an act. */
  alert?: boolean;
  /** All that the page has to say: its title is that of the page. */
  alone?: boolean;
}) {
  const Title = alone ? 'h1' : 'p';
  const glyph = glyphs[tone];
  return (
    <div
      role={alert ? 'alert' : undefined}
      className={`flex gap-3 rounded-lg border px-4 py-3 text-sm ${looks[tone]}`}
    >
      <Icon name={icon ?? glyph.name} className={`mt-0.5 size-4 ${glyph.ink}`} />
      <div className="min-w-0 flex-1">
        {title ? <Title className="font-semibold text-ink">{title}</Title> : null}
        {children}
      </div>
    </div>
  );
}
