import { connection } from 'next/server';
import { stateTexts } from '#app/_texts/frame.ts';
import { Missing } from '#app/_ui/missing.tsx';
import { paths } from '#app/paths.ts';

/** An address that belongs to nobody's pages. Home leads each to their own. */
export default async function NotFound() {
  await connection();
  return (
    <main className="flex min-h-dvh flex-col bg-surface">
      <Missing href={paths.home()} word={stateTexts.toStart} />
    </main>
  );
}
