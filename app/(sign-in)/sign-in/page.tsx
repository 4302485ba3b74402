import type { Metadata } from 'next';
import { connection } from 'next/server';
import { Logo } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { SignInButton } from '#app/_ui/sign-in-button.tsx';
import { paths } from '#app/paths.ts';

export const metadata: Metadata = { title: 'Sign in' };

const notices: Record<string, { title: string; text: string; tone: 'info' | 'late' }> = {
  uninvited: {
    title: 'You are signed in, but nobody has invited this account',
    text: 'Ask an owner of your provider to add you, or use another account.',
    tone: 'late',
  },
  'signed-out': { title: 'You are signed out', text: 'Sign in to carry on.', tone: 'info' },
  refused: {
    title: 'The sign-in did not finish',
    text: 'Nothing was changed. Try again; if it stops here again, use another account.',
    tone: 'late',
  },
};

/** Is this the right door? */
export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ notice?: string; error?: string }>;
}) {
  await connection();
  const { notice, error } = await searchParams;
  // The library that signs people in names its own failures in `error`.
  const shown = notices[error ? 'refused' : (notice ?? '')];
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-5 py-10">
      <div className="w-full max-w-96 space-y-6">
        <div className="text-center">
          <Logo className="mx-auto size-10" />
          <h1 className="mt-3 text-2xl font-semibold">Holdfast</h1>
          <p className="text-ink-2">Backup of Exchange Online mailboxes</p>
        </div>
        {shown ? (
          <Notice tone={shown.tone} title={shown.title}>
            {shown.text}
          </Notice>
        ) : null}
        <SignInButton then={paths.home()} label="Continue with Microsoft" />
        <p className="text-center text-xs text-ink-3">
          For staff of providers that use Holdfast, and for their customers. There is no password
          here.
        </p>
      </div>
    </main>
  );
}
