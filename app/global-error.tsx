'use client';

import { frameTexts } from '#app/_texts/frame.ts';
import { Failure } from '#app/_ui/failure.tsx';

/** The last resort, when even the outermost layout failed; it stands without the style sheet. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <title>{frameTexts.house}</title>
        <Failure reference={error.digest} retry={reset} />
      </body>
    </html>
  );
}
