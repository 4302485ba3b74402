import { Icon } from '#app/_ui/icon.tsx';
import { StepList, type StepState } from '#app/_ui/steps.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import type { ConnectStep } from '#db/enums.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';

const reached: Record<Exclude<ConnectStep, 'refused'>, number> = {
  open: 0,
  'signed-in': 1,
  sent: 1,
  checking: 2,
  connected: 4,
};

/** The story of a link, the same for both sides. */
export function ConnectSteps({
  view,
  words,
  large,
}: {
  view: ConnectView;
  words: Words;
  large?: boolean;
}) {
  const refused = view.step === 'refused';
  const at = view.step === 'refused' ? (view.proofs.length > 0 ? 2 : 1) : reached[view.step];
  const state = (index: number): StepState => {
    if (index < at) return 'done';
    if (index > at) return 'next';
    return refused ? 'stopped' : 'now';
  };
  const found = view.mailboxes;
  return (
    <StepList
      large={large}
      steps={[
        {
          title: 'Signed in',
          note:
            at > 0 ? 'as an administrator of the organisation' : 'waiting for the administrator',
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
          note:
            view.proofs.length > 0
              ? `${view.proofs.length} answered`
              : 'one small reading call for each',
          state: state(2),
          body: view.proofs.length > 0 ? <ProofList view={view} words={words} /> : null,
        },
        view.app === 'backup'
          ? {
              title: 'First backup starts',
              note: found === null ? 'by itself' : `${plural(found, 'mailbox', 'mailboxes')} found`,
              state: state(3),
            }
          : {
              title: 'Restoring is ready',
              note: 'nothing is written until somebody asks',
              state: state(3),
            },
      ]}
    />
  );
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
