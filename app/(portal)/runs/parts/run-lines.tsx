import Link from 'next/link';
import type { ReactNode } from 'react';
import { runTexts } from '#app/_texts/runs.ts';
import { equation } from '#app/_ui/equation.ts';
import { Glyph, type StatusKind } from '#app/_ui/status.tsx';
import { Time } from '#app/_ui/time.tsx';
import { span } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { RunSummary } from '#lib/services/runs/view.ts';
import { runLook } from './run-state.ts';

/** Runs, newest first, each with its equation. */
export function RunLines({ tenantId, runs }: { tenantId: string; runs: RunSummary[] }) {
  if (runs.length === 0) {
    return <p className="text-sm text-ink-2">{runTexts.noneYet}</p>;
  }
  // The same picture in many lines is sent once.
  const glyphs = new Map<string, ReactNode>();
  const glyphOf = (kind: StatusKind) => {
    const glyph = glyphs.get(kind) ?? Glyph({ kind });
    glyphs.set(kind, glyph);
    return glyph;
  };
  return (
    <ul className="text-sm">
      {runs.map((run) => {
        const look = runLook(run.state);
        const took =
          run.startedAt && run.endedAt
            ? runTexts.within(span(run.endedAt.getTime() - run.startedAt.getTime()))
            : '';
        return (
          <li key={run.id} className="border-b border-line">
            <Link
              href={paths.run(tenantId, run.id)}
              prefetch={false}
              className="flex min-h-row flex-wrap items-center gap-x-3 py-1 hover:bg-canvas"
            >
              {glyphOf(look.kind)}
              <span className="w-32 text-ink-2 max-sm:w-auto">
                <Time at={run.startedAt ?? run.createdAt} as="short" inside />
              </span>
              <span className="min-w-0 flex-1 max-sm:order-last max-sm:basis-full max-sm:pl-6.5">
                {equation(run.counts)}
              </span>
              <span className="text-xs text-ink-3 max-sm:ml-auto">
                {look.word}
                {took}
              </span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
