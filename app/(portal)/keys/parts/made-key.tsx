import { keysTexts } from '#app/_texts/keys.ts';
import { Button } from '#app/_ui/button.tsx';
import { CopyButton } from '#app/_ui/copy-button.tsx';
import type { CreateState } from '../actions.ts';

/** The one time that a key is on a screen. */
export function MadeKey({
  made,
  close,
}: {
  made: NonNullable<CreateState['made']>;
  close: () => void;
}) {
  const { label, note, copy, done } = keysTexts.made;
  return (
    <div className="mt-3 space-y-4">
      <p className="text-sm text-ink-2">{note}</p>
      <p className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-canvas px-4 py-3">
        <span className="sr-only">{label}: </span>
        <code data-testid="api-key" className="min-w-0 flex-1 font-mono text-xs break-all">
          {made.secret}
        </code>
        <CopyButton text={made.secret} label={copy} />
      </p>
      <div>
        <p className="text-sm font-medium">{keysTexts.made.try}</p>
        <pre className="mt-1 rounded-lg border border-line bg-canvas px-4 py-3 font-mono text-xs whitespace-pre-wrap break-all">
          {`read -rs KEY\n${made.curl}`}
        </pre>
      </div>
      <Button type="button" weight="primary" onClick={close}>
        {done}
      </Button>
    </div>
  );
}
