import type { Metadata } from 'next';
import { requireContext, whyNot } from '#app/_server/context.ts';
import { load } from '#app/_server/failures.ts';
import { customerTexts } from '#app/_texts/customer.ts';
import { Card } from '#app/_ui/section.tsx';
import { NotYours } from '#app/_ui/states.tsx';
import { targetMs } from '#lib/services/coverage/rules.ts';
import { getPolicy } from '#lib/services/policies/get.ts';
import { intervals } from '#lib/services/policies/input.ts';
import { everyWords } from '../../parts/every-words.ts';
import { PolicyForm } from './parts/policy-form.tsx';

const texts = customerTexts.policy;

export const metadata: Metadata = { title: texts.title };

/** How often is this customer backed up, and is it at all? */
export default async function PolicyPage({ params }: { params: Promise<{ tenantId: string }> }) {
  const { tenantId } = await params;
  const policy = await load(getPolicy(await requireContext(), { tenantId }));
  const refused = await whyNot('policies.manage');
  if (policy === null) {
    return (
      <div className="max-w-160 px-4 py-4 sm:px-6">
        <NotYours reason={texts.none} />
      </div>
    );
  }
  const { name, everyMinutes, paused } = policy;
  // One that was made otherwise stays a choice.
  const choices = [...new Set([...intervals, everyMinutes])].sort((a, b) => a - b);
  return (
    <div className="grid grid-cols-1 content-start gap-x-10 gap-y-6 px-4 py-4 sm:px-6 wide:grid-cols-[minmax(0,40rem)_22rem]">
      <div>
        <h2 className="mb-4 text-base font-semibold">{texts.head(name)}</h2>
        <PolicyForm
          tenantId={tenantId}
          texts={{ every: texts.every, backups: texts.backups, act: texts.act }}
          refused={refused}
          every={{
            chosen: String(everyMinutes),
            options: choices.map((minutes) => ({
              value: String(minutes),
              name: texts.interval(everyWords(minutes)),
              does: texts.late(everyWords(targetMs(minutes) / 60_000)),
            })),
          }}
          backups={{
            chosen: paused ? 'paused' : 'on',
            options: [
              { value: 'on', ...texts.on },
              { value: 'paused', ...texts.paused },
            ],
          }}
        />
      </div>
      <div>
        <Card title={texts.effect}>
          <ul className="list-disc space-y-2 pl-4 text-sm text-ink-2 marker:text-ink-3">
            {texts.effects.map((effect) => (
              <li key={effect}>{effect}</li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  );
}
