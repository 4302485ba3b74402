import { Act } from '#app/_ui/act.tsx';
import { MicrosoftMark } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { SignInButton } from '#app/_ui/sign-in-button.tsx';
import { plural, type Words } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { SignedIn } from '#lib/auth/session.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { continueToMicrosoft } from '../actions.ts';
import { Asked } from './asked.tsx';
import { Lists } from './lists.tsx';

/** Before an approval: what it allows, what it does not, who asked. */
export function Asking({
  view,
  token,
  words,
  user,
  over,
}: {
  view: ConnectView;
  token: string;
  words: Words;
  user: SignedIn | null;
  /** The link cannot be used any more. */
  over: boolean;
}) {
  const restoring = view.app === 'restore';
  return (
    <>
      {restoring && view.connected.includes('backup') ? (
        <div className="mb-6">
          <Notice tone="ok" title={`${view.customerName} is connected. Backups run.`}>
            {view.mailboxes === null
              ? null
              : `${plural(view.mailboxes, 'mailbox', 'mailboxes')} found. `}
            Restoring needs a second approval; you may also leave it for later.
          </Notice>
        </div>
      ) : null}
      <h1 className="text-2xl font-semibold tracking-tight max-sm:text-xl">
        {restoring
          ? `${view.mspName} wants to be able to put mail back`
          : `${view.mspName} wants to back up your organisation’s mail`}
      </h1>
      <p className="mt-1 text-lg text-ink-2">
        {restoring
          ? `With this second approval, what was lost can be written back into the mailboxes of ${view.customerName}.`
          : `Approve once, and every mailbox of ${view.customerName} is copied to a safe place outside Microsoft. It takes about two minutes.`}
      </p>
      <hr className="my-6 border-line max-sm:my-4" />
      <Lists restoring={restoring} />
      <Asked
        by={view.mspName}
        until={words.moment(view.expiresAt)}
        app={restoring ? 'Holdfast Restore' : 'Holdfast Backup'}
      />
      {over ? null : (
        <div className="mt-6 grid items-center gap-x-4 gap-y-2 max-sm:sticky max-sm:bottom-0 max-sm:-mx-5 max-sm:mt-auto max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:py-3 sm:grid-cols-[14rem_1fr]">
          {user === null ? (
            <>
              <SignInButton then={paths.connect(token)} label="Continue to Microsoft" />
              <p className="text-xs text-ink-3 max-sm:text-center">
                Needs a Global Administrator or Privileged Role Administrator. Not you? Pass the
                link on.
              </p>
            </>
          ) : (
            <>
              <Act
                action={continueToMicrosoft}
                fields={{ token }}
                weight="primary"
                size="large"
                className="w-full"
              >
                <MicrosoftMark />
                {restoring ? 'Approve restoring' : 'Approve at Microsoft'}
              </Act>
              <div className="text-xs text-ink-3 max-sm:text-center">
                Signed in as{' '}
                <strong className="font-semibold text-ink-2">{user.displayName}</strong>. Needs a
                Global or Privileged Role Administrator.{' '}
                <SignInButton then={paths.connect(token)} label="Use another account" quiet />
              </div>
            </>
          )}
        </div>
      )}
    </>
  );
}
