import { incidentWordOf } from '#app/_texts/fleet.ts';
import type { IconName } from '#app/_ui/icon-shapes.ts';
import type { IncidentKind } from '#lib/services/incidents/rules.ts';

type Tone = 'fail' | 'late' | 'seal' | 'off';

const looks: Record<IncidentKind, { icon: IconName; tone: Tone }> = {
  'consent-lost': { icon: 'x', tone: 'fail' },
  'run-failed': { icon: 'x', tone: 'fail' },
  'mailboxes-failed': { icon: 'x', tone: 'fail' },
  late: { icon: 'clock', tone: 'late' },
  'not-covered': { icon: 'dashed', tone: 'late' },
  'storage-full': { icon: 'alert', tone: 'fail' },
  'storage-low': { icon: 'archive', tone: 'late' },
  'billing-held': { icon: 'pause', tone: 'late' },
  'payment-failed': { icon: 'alert', tone: 'late' },
  'meter-refused': { icon: 'x', tone: 'fail' },
  'meter-late': { icon: 'clock', tone: 'late' },
  'bill-grows': { icon: 'archive', tone: 'off' },
  leaver: { icon: 'leaver', tone: 'seal' },
  'restore-not-approved': { icon: 'key', tone: 'late' },
  'link-dead': { icon: 'link', tone: 'late' },
  paused: { icon: 'pause', tone: 'off' },
};

const tones: Record<Tone, { disc: string; ink: string; mark: string }> = {
  fail: { disc: 'bg-fail-tint text-fail-mark', ink: 'text-fail-ink', mark: 'text-fail-mark' },
  late: { disc: 'bg-late-tint text-late-mark', ink: 'text-late-ink', mark: 'text-late-mark' },
  seal: { disc: 'bg-seal-tint text-seal-mark', ink: 'text-seal-ink', mark: 'text-seal-mark' },
  off: { disc: 'bg-off-tint text-off-mark', ink: 'text-off-ink', mark: 'text-off-mark' },
};

export function incidentLook(kind: IncidentKind) {
  const { icon, tone } = looks[kind];
  return { icon, word: incidentWordOf[kind], ...tones[tone] };
}
