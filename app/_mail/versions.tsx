import Link from 'next/link';
import { mailTexts } from '#app/_texts/mail.ts';
import { Time } from '#app/_ui/time.tsx';

/** Every version of one item that a copy has seen, newest first. */
export function Versions({
  versions,
  shown,
  href,
}: {
  versions: readonly { id: string; since: Date | null; sequence: number }[];
  shown: string;
  href: (version: { id: string; sequence: number }) => string;
}) {
  const texts = mailTexts.versions;
  return (
    <ul
      aria-label={texts.label}
      className="divide-y divide-line rounded-lg border border-line text-sm"
    >
      {versions.map((version) => (
        <li key={version.id} className="flex h-row items-center gap-3 px-3 max-sm:h-11">
          <Link
            href={href(version)}
            prefetch={false}
            scroll={false}
            aria-current={version.id === shown ? 'true' : undefined}
            className="min-w-0 flex-1 font-medium hover:underline"
          >
            {version.since ? (
              <>
                {texts.since}
                <Time at={version.since} inside />
              </>
            ) : (
              texts.first
            )}
          </Link>
          {version.id === shown ? <span className="text-ink-3">{texts.shown}</span> : null}
        </li>
      ))}
    </ul>
  );
}
