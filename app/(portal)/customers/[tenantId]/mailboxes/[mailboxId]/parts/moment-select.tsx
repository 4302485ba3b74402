'use client';

import { useRouter } from 'next/navigation';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';

/** Every copy by its date. */
export function MomentSelect({
  current,
  choices,
}: {
  current: number;
  choices: { sequence: number; href: string; label: string }[];
}) {
  const router = useRouter();
  return (
    <label className="flex items-center gap-2 text-ink-2 max-sm:hidden">
      <Icon name="calendar" />
      <span className="sr-only">{mailTexts.timeline.copyOf}</span>
      <select
        value={current}
        onChange={(event) => {
          const choice = choices.find((one) => String(one.sequence) === event.target.value);
          if (choice) router.push(choice.href);
        }}
        className="h-8 max-w-64 rounded-md border border-line bg-surface px-2 text-sm text-ink"
      >
        {choices.map((choice) => (
          <option key={choice.sequence} value={choice.sequence}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}
