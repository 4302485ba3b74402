import type { Metadata } from 'next';
import { whyNot } from '#app/_server/context.ts';
import { connectTexts } from '#app/_texts/connect.ts';
import { frameTexts } from '#app/_texts/frame.ts';
import { Card } from '#app/_ui/section.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { TopBar } from '#app/_ui/top-bar.tsx';
import { paths } from '#app/paths.ts';
import { AddForm } from './parts/add-form.tsx';

export const metadata: Metadata = { title: connectTexts.add.title };

const texts = connectTexts.add;

export default async function NewCustomerPage() {
  const refused = await whyNot('customers.connect');
  return (
    <>
      <TopBar
        crumbs={[
          { label: frameTexts.names.customers, href: paths.customers() },
          { label: texts.title },
        ]}
      />
      <div className="grid grid-cols-1 content-start gap-10 px-4 py-5 sm:px-6 wide:grid-cols-[minmax(0,40rem)_24rem]">
        <div>
          <h1 className="text-xl font-semibold">{texts.title}</h1>
          <p className="mt-1 mb-6 text-ink-2">{texts.note}</p>
          {refused === null ? <AddForm /> : <NotYours reason={refused} />}
        </div>
        <Card title={texts.next}>
          <ol className="list-decimal space-y-2 pl-4 text-sm text-ink-2 marker:text-ink-3">
            {texts.steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Card>
      </div>
    </>
  );
}
