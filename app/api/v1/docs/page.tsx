import type { Metadata } from 'next';
import { connection } from 'next/server';
import { portalDeps } from '#app/_server/deps.ts';
import { apiTexts } from '#app/_texts/api.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Logo } from '#app/_ui/icon.tsx';
import { paths } from '#app/paths.ts';
import { problemKinds } from '#lib/api/problem.ts';
import { tags } from '../_operations/declare.ts';
import { apiDocument } from '../_operations/document.ts';
import { operations } from '../_operations/table.ts';
import { OperationEntry } from './parts/operation-entry.tsx';
import { Prose } from './parts/prose.tsx';

const texts = apiTexts.page;

export const metadata: Metadata = { title: texts.title };

/** The document for people: the same table of operations, and nothing from elsewhere. */
export default async function ApiDocsPage() {
  await connection();
  const { portalUrl } = (await portalDeps()).config;
  const document = apiDocument(portalUrl);
  const groups = Object.entries(tags).map(([tag, about]) => ({
    tag,
    about,
    entries: operations.filter((operation) => operation.tag === tag),
  }));
  return (
    <div className="min-h-dvh bg-surface">
      <header className="border-b border-line">
        <div className="mx-auto flex max-w-280 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-6">
          <Logo className="size-6" />
          <p className="font-semibold">{frameTexts.house}</p>
          <nav className="ml-auto flex flex-wrap gap-x-4 text-sm">
            <a href={paths.keys()} className="text-accent underline">
              {texts.toKeys}
            </a>
            <a href={paths.apiDocument()} className="text-accent underline">
              {texts.document}
            </a>
          </nav>
        </div>
      </header>
      <div className="mx-auto grid max-w-280 gap-x-10 px-4 py-6 sm:px-6 wide:grid-cols-[13rem_minmax(0,1fr)]">
        <nav
          aria-label={texts.contents}
          className="mb-8 text-sm wide:sticky wide:top-6 wide:max-h-[calc(100dvh-3rem)] wide:self-start wide:overflow-y-auto"
        >
          <ul className="flex flex-wrap gap-x-4 gap-y-2 wide:block wide:space-y-3">
            {groups.map(({ tag, entries }) => (
              <li key={tag}>
                <a href={`#${tag}`} className="inline-block py-0.5 font-semibold hover:underline">
                  {tag}
                </a>
                <ul className="max-wide:hidden">
                  {entries.map(({ id, summary }) => (
                    <li key={id}>
                      <a
                        href={`#${id}`}
                        className="block py-0.5 text-ink-2 hover:text-ink hover:underline"
                      >
                        {summary}
                      </a>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
            <li>
              <a href="#refusals" className="inline-block py-0.5 font-semibold hover:underline">
                {texts.problems}
              </a>
            </li>
          </ul>
        </nav>
        <main className="min-w-0 space-y-12">
          <section>
            <h1 className="text-2xl font-semibold">{texts.heading}</h1>
            <h2 className="mt-6 text-lg font-semibold">{texts.begin}</h2>
            <p className="mt-1 text-ink-2">{texts.beginText}</p>
            <pre className="mt-3 rounded-lg border border-line bg-canvas px-4 py-3 font-mono text-xs whitespace-pre-wrap break-all">
              {`read -rs KEY\ncurl -H "Authorization: Bearer $KEY" ${portalUrl}/api/v1/customers`}
            </pre>
            <h2 className="mt-8 text-lg font-semibold">{texts.conventions}</h2>
            <div className="mt-1 max-w-170 space-y-2 text-ink-2">
              {apiTexts.introduction.split('\n\n').map((paragraph) => (
                <p key={paragraph}>
                  <Prose text={paragraph} />
                </p>
              ))}
            </div>
          </section>
          {groups.map(({ tag, about, entries }) => (
            <section key={tag} id={tag}>
              <h2 className="text-xl font-semibold">{tag}</h2>
              <p className="mt-1 text-ink-2">{about}</p>
              <div className="mt-4 space-y-6">
                {entries.map((operation) => (
                  <OperationEntry key={operation.id} operation={operation} document={document} />
                ))}
              </div>
            </section>
          ))}
          <section id="refusals">
            <h2 className="text-xl font-semibold">{texts.problems}</h2>
            <p className="mt-1 text-ink-2">{texts.problemsText}</p>
            <dl className="mt-4 divide-y divide-line border-y border-line text-sm">
              {Object.entries(problemKinds).map(([kind, { status, title, help }]) => (
                <div key={kind} className="grid gap-x-6 py-2.5 sm:grid-cols-[14rem_1fr]">
                  <dt className="font-mono break-all">
                    {status} {kind}
                  </dt>
                  <dd>
                    {title}.{' '}
                    <span className="text-ink-2">
                      <Prose text={help} />
                    </span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        </main>
      </div>
    </div>
  );
}
