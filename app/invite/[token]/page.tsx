import type { Metadata } from 'next';
import { connection } from 'next/server';
import { signedIn } from '#app/_server/context.ts';
import { portalDeps } from '#app/_server/deps.ts';
import { askAsStranger } from '#app/_server/strangers.ts';
import { reading } from '#app/_server/viewer.ts';
import { roleTexts, inviteTexts as texts } from '#app/_texts/people.ts';
import { Act } from '#app/_ui/act.tsx';
import { Logo } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { SignInButton } from '#app/_ui/sign-in-button.tsx';
import { Time } from '#app/_ui/time.tsx';
import { Zone } from '#app/_ui/zone.tsx';
import { paths } from '#app/paths.ts';
import { isAppError } from '#lib/core/errors.ts';
import { type InvitationLook, lookAtInvitation } from '#lib/services/invitations/look.ts';
import { accept } from './actions.ts';

export const metadata: Metadata = {
  title: texts.title,
  robots: { index: false, follow: false },
};

/** Who invites, to what, and with which account? Looking changes nothing; accepting is an act. */
export default async function InvitePage({ params }: { params: Promise<{ token: string }> }) {
  await connection();
  const token = decoded((await params).token);
  const { db, clock, log, jobs } = await portalDeps();
  const { zone } = await reading();
  const look = await askAsStranger(token, () =>
    lookAtInvitation({ db, clock, deps: { jobs, log } }, token),
  ).catch((err) => {
    if (isAppError(err, 'too-many')) return err.message;
    if (isAppError(err) && typeof err.data.reason === 'string') return err.message;
    throw err;
  });
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center px-5 py-10">
      <main id="page" className="w-full max-w-104 space-y-6">
        <Logo className="mx-auto size-10" />
        {typeof look === 'string' ? (
          <>
            <h1 className="text-center text-2xl font-semibold">{texts.notIn}</h1>
            <Notice tone="late" title={look}>
              {texts.safe}
            </Notice>
            <p className="text-center">
              <a href={paths.signIn()} className="quiet-link text-lg">
                {texts.toSignIn}
              </a>
            </p>
          </>
        ) : (
          <Invited look={look} token={token} />
        )}
      </main>
      <Zone known={zone} />
    </div>
  );
}

async function Invited({ look, token }: { look: InvitationLook; token: string }) {
  const who = await signedIn();
  const role = roleTexts[look.role];
  return (
    <>
      <h1 className="text-center text-2xl font-semibold text-balance">
        {look.customerName === null
          ? texts.staff(look.mspName)
          : texts.customer(look.mspName, look.customerName)}
      </h1>
      <dl className="facts rounded-lg border border-line bg-surface p-4">
        <dt>{texts.as}</dt>
        <dd>
          <span className="font-medium">{role.name}</span>
          <span className="block text-ink-2">{role.does}</span>
        </dd>
        <dt>{texts.until}</dt>
        <dd>
          <Time at={look.expiresAt} />
        </dd>
      </dl>
      {who === null ? (
        <div className="space-y-3">
          <SignInButton then={paths.invite(token)} label={texts.signIn} />
          <p className="text-center text-sm text-ink-2">{texts.signInNote}</p>
        </div>
      ) : (
        <div className="space-y-4 text-center">
          <p className="text-ink-2">
            {texts.signedInAs} <span className="font-medium text-ink">{who.displayName}</span>.
          </p>
          <div className="flex flex-col gap-3">
            <Act action={accept} fields={{ token }} weight="primary" size="large">
              {texts.accept}
            </Act>
          </div>
          <SignInButton then={paths.invite(token)} label={texts.other} quiet />
        </div>
      )}
    </>
  );
}

/** A damaged address is a damaged invitation, and no failure. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
