'use client';

import { Failure } from '#app/_ui/failure.tsx';

export default function PortalErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <div className="flex flex-1 items-center justify-center px-5 py-20">
      <Failure reference={error.digest} retry={reset} />
    </div>
  );
}
