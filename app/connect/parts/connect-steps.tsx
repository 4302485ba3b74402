import type { ReactNode } from 'react';
import { connectTexts } from '#app/_texts/connect.ts';
import { Icon } from '#app/_ui/icon.tsx';
import { StepList, type StepState } from '#app/_ui/steps.tsx';
import { Time } from '#app/_ui/time.tsx';
import { plural } from '#app/_ui/words.ts';
import type { ConnectStep } from '#db/enums.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';

const texts = connectTexts.steps;

interface Step {
  title: string;
  note: ReactNode;
  state: StepState;
  body?: ReactNode;
}

/** The story of a link, the same for both sides. */
export function ConnectSteps({ view, large = false }: { view: ConnectView; large?: boolean }) {
  const proofs = view.proofs.length > 0 ? <ProofList view={view} /> : null;
  const steps =
    view.app === 'restore' && view.connected.includes('backup')
      ? restoreSteps(view, proofs)
      : backupSteps(view, proofs);
  return <StepList large={large} steps={steps} />;
}

/** How many of the four first steps are behind the link. */
const reached: Record<Exclude<ConnectStep, 'refused'>, number> = {
  open: 1,
  'signed-in': 2,
  sent: 2,
  checking: 3,
  connected: 5,
};

function progress(view: ConnectView): { at: number; state: (index: number) => StepState } {
  const refused = view.step === 'refused';
  const at =
    view.step === 'refused'
      ? view.openedAt === null
        ? 0
        : view.proofs.length > 0
          ? 3
          : view.refusal?.code === 'expired'
            ? 1
            : 2
      : view.step === 'open' && view.openedAt === null
        ? 0
        : reached[view.step];
  return {
    at,
    state: (index) => {
      if (index !== at) return index < at ? 'done' : 'next';
      return refused ? 'stopped' : 'now';
    },
  };
}

function backupSteps(view: ConnectView, proofs: ReactNode): Step[] {
  const { at, state } = progress(view);
  const { mailboxes } = view;
  const last: Step[] = view.apps.includes('restore')
    ? [{ title: texts.restoring, note: texts.restoringNote, state: 'next' }]
    : [];
  return [
    {
      title: texts.opened,
      note: view.openedAt ? <Time at={view.openedAt} /> : texts.notOpened,
      state: state(0),
    },
    {
      title: texts.signedIn,
      note: at > 1 ? texts.signedInNote : texts.waitingForAdmin,
      state: state(1),
    },
    {
      title: texts.approved,
      note:
        at > 2 ? (
          <>
            {view.approvedAt ? (
              <>
                <Time at={view.approvedAt} />,{' '}
              </>
            ) : null}
            {texts.approvedNote}
          </>
        ) : (
          texts.notApproved
        ),
      state: state(2),
    },
    {
      title: texts.proved,
      note: proofs ? texts.answered(view.proofs.length) : texts.notProved,
      state: state(3),
      body: proofs,
    },
    {
      title: texts.first,
      note: mailboxes === null ? texts.byItself : found(mailboxes),
      state: state(4),
    },
    ...last,
  ];
}

function restoreSteps(view: ConnectView, proofs: ReactNode): Step[] {
  // Until the second approval begins, the proofs are still those of the first.
  const waits = view.step === 'open' || view.step === 'signed-in';
  const ofReading = waits || (view.step === 'refused' && view.refusal?.code === 'expired');
  const { at, state } = progress(view);
  return [
    {
      title: texts.reading,
      note:
        view.mailboxes === null
          ? texts.backupsRun
          : `${found(view.mailboxes)}; ${texts.backupsRun}`,
      state: 'done',
      body: ofReading ? proofs : null,
    },
    {
      title: texts.restoringApproved,
      note: at > 2 ? texts.approvedNote : texts.sameLink,
      state: ofReading ? (waits ? 'now' : 'stopped') : state(2),
    },
    {
      title: texts.proved,
      note: texts.nothingWritten,
      state: ofReading ? 'next' : state(3),
      body: ofReading ? null : proofs,
    },
    { title: texts.ready, note: texts.readyNote, state: ofReading ? 'next' : state(4) },
  ];
}

function found(mailboxes: number): string {
  return texts.found(plural(mailboxes, 'mailbox', 'mailboxes'));
}

function ProofList({ view }: { view: ConnectView }) {
  return (
    <ul className="mt-2 rounded-lg border border-line px-4 text-sm">
      {view.proofs.map((proof) => (
        <li
          key={proof.name}
          className="flex h-row items-center gap-4 border-b border-line last:border-0"
        >
          <Icon name="check" className="size-3.5 text-ok-mark" />
          <span className="min-w-0 flex-1 truncate font-medium">{proof.name}</span>
          <span className="text-xs text-ink-3">
            <Time at={proof.provedAt} as="second" />
          </span>
        </li>
      ))}
    </ul>
  );
}
