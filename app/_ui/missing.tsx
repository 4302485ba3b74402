import Link from 'next/link';
import { stateTexts } from '#app/_texts/frame.ts';
import { Logo } from './icon.tsx';

/** A foreign id, a missing one and a wrong address look exactly alike; only the way back differs. */
export function Missing({ href, word }: { href: string; word: string }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-4 bg-surface px-5 py-20 text-center">
      <Logo className="size-8" />
      <h1 className="text-xl font-semibold">{stateTexts.notFound}</h1>
      <p className="text-ink-2">{stateTexts.notFoundSafe}</p>
      <Link href={href} prefetch={false} className="quiet-link">
        {word}
      </Link>
    </div>
  );
}
