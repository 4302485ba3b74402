import type { ReactNode } from 'react';
import { stateTexts } from '#app/_texts/frame.ts';
import { ButtonLink } from './button.tsx';
import { Icon } from './icon.tsx';
import type { IconName } from './icon-shapes.ts';
import { TryAgain } from './try-again.tsx';

/** A list with nothing in it: what will be here, and at most one act. Good news is said as such. */
export function Empty({
  icon = 'inbox',
  title,
  children,
  act,
}: {
  icon?: IconName;
  title: ReactNode;
  children?: ReactNode;
  act?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-lg border border-dashed border-line px-5 py-8">
      <Icon name={icon} className="size-5 text-ink-3" />
      <div className="max-w-120">
        <p className="font-semibold">{title}</p>
        {children ? <div className="mt-0.5 text-sm text-ink-2">{children}</div> : null}
      </div>
      {act}
    </div>
  );
}

/** Filters left nothing. `clear` leads to the list without them. */
export function NoMatch({ one, clear }: { one: string; clear: string }) {
  return (
    <Empty
      icon="search"
      title={stateTexts.noMatch(one)}
      act={<ButtonLink href={clear}>{stateTexts.clearFilters}</ButtonLink>}
    />
  );
}

/** Some values are older than the page says. They stay, and their age is told. */
export function Partial({ children }: { children: ReactNode }) {
  return (
    <p className="flex items-start gap-2 text-sm font-medium text-late-ink">
      <Icon name="clock" className="mt-0.5 size-4 text-late-mark" />
      <span>{children}</span>
    </p>
  );
}

/** Only this section failed; what is beside it stands. "Try again" asks for the page once more. */
export function PartFailed({ what, reference }: { what: string; reference: string }) {
  return (
    <div role="alert" className="space-y-2 text-sm">
      <p className="font-medium text-late-ink">{stateTexts.sectionFailed(what)}</p>
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1">
        <TryAgain />
        <span className="font-mono text-xs text-ink-3">{stateTexts.reference(reference)}</span>
      </p>
    </div>
  );
}

/** A section that is not for this viewer: why, and who can. */
export function NotYours({ reason, act }: { reason: ReactNode; act?: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-canvas px-4 py-3 text-sm text-ink-2">
      <Icon name="ban" className="size-4 text-ink-3" />
      <p className="min-w-0 flex-1">{reason}</p>
      {act}
    </div>
  );
}
