import { connectTexts } from '#app/_texts/connect.ts';
import { Act } from '#app/_ui/act.tsx';
import { MicrosoftMark } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { SignInButton } from '#app/_ui/sign-in-button.tsx';
import { plural } from '#app/_ui/words.ts';
import { paths } from '#app/paths.ts';
import type { SignedIn } from '#lib/auth/session.ts';
import type { ConnectView } from '#lib/services/connect/view.ts';
import { continueToMicrosoft } from '../actions.ts';
import { Asked } from './asked.tsx';
import { Lists } from './lists.tsx';

const texts = connectTexts.asking;

/** Before an approval: what it allows, what it does not, who asked. */
export function Asking({
  view,
  token,
  user,
  over,
}: {
  view: ConnectView;
  token: string;
  user: SignedIn | null;
  /** The link cannot be used any more. */
  over: boolean;
}) {
  const restoring = view.app === 'restore';
  return (
    <>
      {restoring && view.connected.includes('backup') ? (
        <div className="mb-6">
          <Notice tone="ok" title={texts.connected(view.customerName)}>
            {view.mailboxes === null
              ? null
              : connectTexts.foundThen(plural(view.mailboxes, 'mailbox', 'mailboxes'))}
            {texts.second}
          </Notice>
        </div>
      ) : null}
      <h1 className="text-2xl font-semibold tracking-tight text-balance max-sm:text-xl">
        {restoring ? texts.restore(view.mspName) : texts.backUp(view.mspName)}
      </h1>
      <p className="mt-1 text-lg text-ink-2">
        {restoring ? texts.restoreNote(view.customerName) : texts.backUpNote(view.customerName)}
      </p>
      <hr className="my-6 border-line max-sm:my-4" />
      <Lists restoring={restoring} />
      <Asked
        view={view}
        app={restoring ? connectTexts.apps.restore : connectTexts.apps.backup}
        over={over}
      />
      {over ? null : (
        <div className="mt-6 grid items-center gap-x-4 gap-y-2 max-sm:sticky max-sm:bottom-0 max-sm:-mx-5 max-sm:mt-auto max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:py-3 sm:grid-cols-[14rem_1fr]">
          {user === null ? (
            <>
              <SignInButton then={paths.connect(token)} label={texts.continue} />
              <p className="text-xs text-ink-3 max-sm:text-center">{texts.needs}</p>
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
                {restoring ? texts.approveRestoring : texts.approve}
              </Act>
              <div className="text-xs text-ink-3 max-sm:text-center">
                {texts.signedInAs}{' '}
                <strong className="font-semibold text-ink-2">{user.displayName}</strong>.{' '}
                {texts.needsShort}{' '}
                <SignInButton then={paths.connect(token)} label={texts.other} quiet />
              </div>
            </>
          )}
        </div>
      )}
    </>
  );
}
