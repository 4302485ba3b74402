/** Initials of a customer or person: what is on screen belongs to them. */
export function Chip({ text, size = 'md' }: { text: string; size?: 'md' | 'sm' | 'round' }) {
  const look = {
    md: 'size-9 rounded-lg border border-line bg-canvas text-sm',
    sm: 'size-6 rounded-md border border-line bg-off-tint text-[0.6875rem]',
    round: 'size-6 rounded-full bg-off-tint text-[0.6875rem] text-ink-2',
  }[size];
  return (
    <span
      aria-hidden
      className={`inline-flex shrink-0 items-center justify-center font-semibold ${look}`}
    >
      {text}
    </span>
  );
}
