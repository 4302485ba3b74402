'use client';

import { Failure } from '#app/_ui/failure.tsx';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="flex min-h-dvh items-center justify-center px-5">
      <Failure reference={error.digest} retry={reset} />
    </main>
  );
}
