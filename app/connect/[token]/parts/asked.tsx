import { connectTexts } from '#app/_texts/connect.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { Time } from '#app/_ui/time.tsx';
import { initials } from '#app/_ui/words.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';

const texts = connectTexts.asking;

/** Who asked, until when the link works unless it is over, and how to stop it later. */
export function Asked({ view, app, over }: { view: ConnectView; app: string; over: boolean }) {
  const by = view.requestedBy ?? view.mspName;
  return (
    <div className="mt-6 flex items-center gap-4 rounded-lg border border-line bg-canvas px-4 py-3 text-sm max-sm:mt-5">
      <Chip text={initials(by)} size="round" />
      <div className="min-w-0">
        <p>
          <strong className="font-semibold">{texts.asked(by)}</strong>
          {view.requestedBy ? ` · ${texts.of(view.mspName)}` : ''}
        </p>
        {over ? null : (
          <p className="text-ink-2">
            {texts.until} <Time at={view.expiresAt} />.
          </p>
        )}
        <details className="text-ink-2">
          <summary className="underline decoration-line-strong underline-offset-2">
            {texts.howToStop}
          </summary>
          {texts.stop(app)}
        </details>
      </div>
    </div>
  );
}
