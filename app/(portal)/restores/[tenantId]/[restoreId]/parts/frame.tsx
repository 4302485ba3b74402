import type { ReactNode } from 'react';
import { restoreListTexts, restoreTexts } from '#app/_texts/restores.ts';
import { Chip } from '#app/_ui/chip.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths, type RestoreStep } from '#app/paths.ts';
import { StepLinks } from '../../../parts/step-links.tsx';
import type { NamedRestore } from './named-restore.ts';

/** What every step of a restore has above it: whose mail, and the way to the steps one may go to. */
export function RestoreFrame({
  restore,
  step,
  children,
}: {
  restore: NamedRestore;
  step: RestoreStep;
  children: ReactNode;
}) {
  const { tenantId, id, mailboxName } = restore;
  const to = (name: RestoreStep) => paths.restoreStep(tenantId, id, name);
  const ended =
    restore.state === 'done' || restore.state === 'failed' || restore.state === 'cancelled';
  const working = restore.state === 'running' || restore.state === 'verifying';
  const open: Record<RestoreStep, boolean> = {
    pick: true,
    where: true,
    plan: restore.state !== 'draft',
    run: working,
    verify: ended && restore.startedAt !== null,
  };
  const names = ['pick', 'where', 'plan', 'run', 'verify'] as const;
  return (
    <>
      <TopBar
        crumbs={[
          { label: restoreListTexts.title, href: paths.restores() },
          { label: mailboxName, href: paths.mailbox(tenantId, restore.mailboxId) },
          { label: restoreTexts.steps[names.indexOf(step)]! },
        ]}
        chip={restore.initials}
        title={restoreTexts.of(mailboxName)}
      />
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-4 max-sm:pt-3 max-sm:pb-2 sm:px-6">
        <span className="max-sm:hidden">
          <Chip text={restore.initials} />
        </span>
        <h1 className="text-xl font-semibold max-sm:sr-only">{restoreTexts.of(mailboxName)}</h1>
        <p className="text-sm text-ink-2">{restore.tenantName}</p>
        <div className="ml-auto flex items-center gap-4">
          <StepLinks
            at={names.indexOf(step)}
            hrefs={names.map((name) => (open[name] ? to(name) : null))}
          />
        </div>
      </div>
      {children}
    </>
  );
}
