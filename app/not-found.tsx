import Link from 'next/link';
import { placeKind } from '#app/_server/context.ts';
import { stateTexts } from '#app/_texts/frame.ts';
import { Logo } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';

const backs = {
  staff: { href: paths.home(), word: stateTexts.toTonight },
  customer: { href: paths.my(), word: stateTexts.toMail },
  nobody: { href: paths.signIn(), word: stateTexts.toSignIn },
};

/** A foreign id, a missing one and a wrong address look exactly alike. */
export default async function NotFound() {
  const back = backs[(await placeKind()) ?? 'nobody'];
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center gap-4 bg-surface px-5 text-center">
      <Logo className="size-8" />
      <h1 className="text-xl font-semibold">{stateTexts.notFound}</h1>
      <p className="text-ink-2">{stateTexts.notFoundSafe}</p>
      <Link href={back.href} prefetch={false} className="quiet-link">
        {back.word}
      </Link>
    </div>
  );
}
