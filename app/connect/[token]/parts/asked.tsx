import { Chip } from '#app/_ui/chip.tsx';
import { initials } from '#app/_ui/words.ts';

/** Who asked, until when the link works, and how to stop it later. */
export function Asked({ by, until, app }: { by: string; until: string; app: string }) {
  return (
    <div className="mt-6 flex items-center gap-4 rounded-lg border border-line bg-canvas px-4 py-3 text-sm max-sm:mt-5">
      <Chip text={initials(by)} size="round" />
      <div className="min-w-0">
        <p>
          <strong className="font-semibold">{by} asked for this</strong>
        </p>
        <p className="text-ink-2">The link works once, until {until}.</p>
        <details className="text-ink-2">
          <summary className="underline decoration-line-strong underline-offset-2">
            How to stop it later
          </summary>
          Entra, Enterprise applications, {app}, Delete. The copies stay until your contract says
          otherwise.
        </details>
      </div>
    </div>
  );
}
