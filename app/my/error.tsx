'use client';

import { Failure } from '#app/_ui/failure.tsx';

export default function MyError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div className="mx-auto w-full max-w-160 px-4 py-8">
      <Failure reference={error.digest} retry={reset} />
    </div>
  );
}
