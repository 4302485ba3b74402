import Link from 'next/link';
import { Fragment } from 'react';
import { restoreTexts } from '#app/_texts/restores.ts';
import { Icon } from '#app/_ui/icon.tsx';

const { steps } = restoreTexts;

/** The steps of a restore beside each other; those one may go to are links. On a phone, the number. */
export function StepLinks({ at, hrefs }: { at: number; hrefs: (string | null)[] }) {
  return (
    <nav aria-label={restoreTexts.stepsLabel}>
      <ol className="hidden items-center gap-2 text-sm lg:flex">
        {steps.map((step, index) => {
          const href = index === at ? null : hrefs[index];
          const line = (
            <>
              <Mark index={index} at={at} />
              {step}
            </>
          );
          return (
            <Fragment key={step}>
              {index > 0 ? <li aria-hidden className="h-px w-5 bg-line" /> : null}
              <li
                aria-current={index === at ? 'step' : undefined}
                className={index === at ? 'font-semibold' : 'text-ink-2'}
              >
                {href ? (
                  <Link
                    href={href}
                    prefetch={false}
                    className="flex h-6 items-center gap-2 rounded-sm hover:text-ink hover:underline"
                  >
                    {line}
                  </Link>
                ) : (
                  <span className="flex h-6 items-center gap-2">{line}</span>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
      <p className="flex items-center gap-2 text-xs text-ink-3 lg:hidden">
        {at > 0 && hrefs[at - 1] ? (
          <Link
            href={hrefs[at - 1]!}
            prefetch={false}
            className="flex h-8 items-center font-medium text-ink-2 underline decoration-line-strong underline-offset-2 max-sm:h-11"
          >
            {restoreTexts.backTo(steps[at - 1]!.toLowerCase())}
          </Link>
        ) : null}
        {restoreTexts.stepOf(at + 1, steps.length, steps[at]!.toLowerCase())}
      </p>
    </nav>
  );
}

function Mark({ index, at }: { index: number; at: number }) {
  if (index < at) {
    return (
      <span className="flex size-5 items-center justify-center rounded-full bg-off-tint text-ok-mark">
        <Icon name="check" className="size-3" />
      </span>
    );
  }
  return (
    <span
      className={`flex size-5 items-center justify-center rounded-full text-xs font-semibold ${index === at ? 'bg-ink text-surface' : 'border border-line-strong text-ink-2'}`}
    >
      {index + 1}
    </span>
  );
}
