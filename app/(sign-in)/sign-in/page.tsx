import type { Metadata } from 'next';
import { connection } from 'next/server';
import { frameTexts } from '#app/_texts/frame.ts';
import { signInTexts as texts } from '#app/_texts/sign-in.ts';
import { Logo } from '#app/_ui/icon.tsx';
import { Notice } from '#app/_ui/notice.tsx';
import { SignInButton } from '#app/_ui/sign-in-button.tsx';
import { paths } from '#app/paths.ts';

export const metadata: Metadata = { title: texts.title };

const notices: Record<string, { title: string; text: string; tone: 'info' | 'late' }> = {
  uninvited: {
    ...texts.uninvited,
    tone: 'late',
  },
  'signed-out': { ...texts.signedOut, tone: 'info' },
  refused: {
    ...texts.refused,
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
  const name = error ? 'refused' : (notice ?? '');
  const shown = Object.hasOwn(notices, name) ? notices[name] : undefined;
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-5 py-10">
      <div className="w-full max-w-96 space-y-6">
        <div className="text-center">
          <Logo className="mx-auto size-10" />
          <h1 className="mt-3 text-2xl font-semibold">{frameTexts.house}</h1>
          <p className="text-ink-2">{texts.what}</p>
        </div>
        {shown ? (
          <Notice tone={shown.tone} title={shown.title}>
            {shown.text}
          </Notice>
        ) : null}
        <SignInButton then={paths.home()} label={texts.act} />
        <p className="text-center text-xs text-balance text-ink-3">{texts.whom}</p>
      </div>
    </main>
  );
}
