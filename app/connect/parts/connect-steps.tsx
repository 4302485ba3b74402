import type { ReactNode } from 'react';
import { Icon } from '#app/_ui/icon.tsx';
import { StepList, type StepState } from '#app/_ui/steps.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import type { ConnectStep } from '#db/enums.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';

interface Step {
  title: string;
  note: string;
  state: StepState;
  body?: ReactNode;
}

/** The story of a link, the same for both sides. */
export function ConnectSteps({
  view,
  words,
  large = false,
}: {
  view: ConnectView;
  words: Words;
  large?: boolean;
}) {
  const proofs = view.proofs.length > 0 ? <ProofList view={view} words={words} /> : null;
  const steps =
    view.app === 'restore' && view.connected.includes('backup')
      ? restoreSteps(view, proofs)
      : backupSteps(view, proofs);
  return <StepList large={large} steps={steps} />;
}

/** How many of the three first steps are behind the link. */
const reached: Record<Exclude<ConnectStep, 'refused'>, number> = {
  open: 0,
  'signed-in': 1,
  sent: 1,
  checking: 2,
  connected: 4,
};

function progress(view: ConnectView): { at: number; state: (index: number) => StepState } {
  const refused = view.step === 'refused';
  const at = view.step === 'refused' ? (view.proofs.length > 0 ? 2 : 1) : reached[view.step];
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
    ? [
        {
          title: 'Restoring approved',
          note: 'a second approval, with the same link; it may wait',
          state: 'next',
        },
      ]
    : [];
  return [
    {
      title: 'Signed in',
      note: at > 0 ? 'at Microsoft, with a work account' : 'waiting for the administrator',
      state: state(0),
    },
    {
      title: 'Approved at Microsoft',
      note:
        at > 1
          ? 'the approval came back to the browser that asked'
          : 'they see exactly what is asked for',
      state: state(1),
    },
    {
      title: 'Each permission proved by using it',
      note: proofs ? `${view.proofs.length} answered` : 'one small reading call for each',
      state: state(2),
      body: proofs,
    },
    {
      title: 'First backup starts',
      note: mailboxes === null ? 'by itself' : found(mailboxes),
      state: state(3),
    },
    ...last,
  ];
}

function restoreSteps(view: ConnectView, proofs: ReactNode): Step[] {
  // Until the second approval begins, the proofs are still those of the first.
  const ofReading = view.step === 'open' || view.step === 'signed-in';
  const { at, state } = progress(view);
  return [
    {
      title: 'Reading approved and proved',
      note: view.mailboxes === null ? 'backups run' : `${found(view.mailboxes)}; backups run`,
      state: 'done',
      body: ofReading ? proofs : null,
    },
    {
      title: 'Restoring approved at Microsoft',
      note: at > 1 ? 'the approval came back to the browser that asked' : 'with the same link',
      state: at === 0 ? 'now' : state(1),
    },
    {
      title: 'Each permission proved by using it',
      note: 'nothing is written for it',
      state: state(2),
      body: ofReading ? null : proofs,
    },
    {
      title: 'Restoring is ready',
      note: 'nothing is written until somebody asks',
      state: state(3),
    },
  ];
}

function found(mailboxes: number): string {
  return `${plural(mailboxes, 'mailbox', 'mailboxes')} found`;
}

function ProofList({ view, words }: { view: ConnectView; words: Words }) {
  return (
    <ul className="mt-2 rounded-lg border border-line px-4 text-sm">
      {view.proofs.map((proof) => (
        <li
          key={proof.name}
          className="flex h-row items-center gap-4 border-b border-line last:border-0"
        >
          <Icon name="check" className="size-3.5 text-ok-mark" />
          <span className="min-w-0 flex-1 truncate font-medium">{proof.name}</span>
          <span className="text-xs text-ink-3">{words.second(proof.provedAt)}</span>
        </li>
      ))}
    </ul>
  );
}
