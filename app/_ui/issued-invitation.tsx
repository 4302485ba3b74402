import { staffTexts } from '#app/_texts/people.ts';
import { ButtonLink } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icon.tsx';

/** A link that was just made. This answer is the one place it ever stands in. */
export function IssuedInvitation({
  name,
  url,
  until,
  another,
  list,
}: {
  name: string;
  url: string;
  /** In the words of whoever reads. */
  until: string;
  another: string;
  list: string;
}) {
  const texts = staffTexts.issued;
  return (
    <div role="status" className="space-y-4 rounded-lg border border-ok-edge bg-ok-tint p-4">
      <div className="flex gap-3">
        <Icon name="check" className="mt-0.5 size-4 text-ok-mark" />
        <div>
          <p className="font-semibold">{texts.title(name)}</p>
          <p className="text-sm text-ink-2">
            {texts.once} {texts.until} {until}.
          </p>
        </div>
      </div>
      <input
        readOnly
        aria-label={texts.field}
        value={url}
        className="h-9 w-full rounded-md border border-line-strong bg-surface px-3 text-base max-sm:h-11 max-sm:text-lg"
      />
      <div className="flex flex-wrap gap-2">
        <CopyButton text={url} label={texts.copy} />
        <ButtonLink href={another}>{texts.another}</ButtonLink>
        <ButtonLink href={list}>{texts.toList}</ButtonLink>
      </div>
    </div>
  );
}
