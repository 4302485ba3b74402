import type { ReactNode } from 'react';
import { partTexts } from '#app/_texts/frame.ts';
import { Icon, Spinner } from './icon.tsx';

export type StepState = 'done' | 'now' | 'next' | 'stopped';

/** Steps under each other, each with what was seen. */
export function StepList({
  steps,
  large = false,
}: {
  steps: { title: string; note?: ReactNode; state: StepState; body?: ReactNode }[];
  large?: boolean;
}) {
  return (
    <ol>
      {steps.map((step, index) => (
        <li key={step.title} className="relative flex gap-3.5 pb-5 last:pb-0">
          {index < steps.length - 1 ? (
            <span aria-hidden className="absolute top-7 bottom-1 left-3 w-px bg-line" />
          ) : null}
          <StepMark state={step.state} number={index + 1} />
          <div className="min-w-0 flex-1">
            <p
              className={`${large ? 'text-lg leading-6' : 'text-base leading-6'} ${step.state === 'next' ? 'text-ink-2' : 'font-medium'} ${step.state === 'now' ? 'font-semibold' : ''}`}
            >
              {step.title}
              <span className="sr-only">{spoken[step.state]}</span>
            </p>
            {step.note ? <p className="text-sm text-ink-3">{step.note}</p> : null}
            {step.body}
          </div>
        </li>
      ))}
    </ol>
  );
}

const spoken: Record<StepState, string> = partTexts.steps;

function StepMark({ state, number }: { state: StepState; number: number }) {
  const base =
    'flex size-6 shrink-0 items-center justify-center rounded-full text-xs font-semibold';
  switch (state) {
    case 'done':
      return (
        <span className={`${base} bg-off-tint text-ok-mark`}>
          <Icon name="check" className="size-3.5" />
        </span>
      );
    case 'now':
      return (
        <span className={`${base} border border-run-edge bg-run-tint text-run-mark`}>
          <Spinner className="size-3" />
        </span>
      );
    case 'stopped':
      return (
        <span className={`${base} border border-fail-edge bg-fail-tint text-fail-mark`}>
          <Icon name="x" className="size-3.5" />
        </span>
      );
    case 'next':
      return <span className={`${base} border border-line-strong text-ink-2`}>{number}</span>;
  }
}
