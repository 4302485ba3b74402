import Link from 'next/link';
import { connection } from 'next/server';
import { stateTexts } from '#app/_texts/frame.ts';
import { Logo } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';

/** A foreign id, a missing one and a wrong address look exactly alike. */
export default async function NotFound() {
  await connection();
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center gap-4 bg-surface px-5 text-center">
      <Logo className="size-8" />
      <h1 className="text-xl font-semibold">{stateTexts.notFound}</h1>
      <p className="text-ink-2">{stateTexts.notFoundSafe}</p>
      <Link href={paths.customers()} prefetch={false} className="quiet-link">
        To the customers
      </Link>
    </div>
  );
}
