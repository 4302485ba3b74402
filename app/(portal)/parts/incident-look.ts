import type { IconName } from '#app/_ui/icon-shapes.ts';
import type { IncidentKind } from '#lib/services/incidents/rules.ts';

type Tone = 'fail' | 'late' | 'seal' | 'off';

const looks: Record<IncidentKind, { icon: IconName; tone: Tone; word: string }> = {
  'consent-lost': { icon: 'x', tone: 'fail', word: 'failed' },
  'run-failed': { icon: 'x', tone: 'fail', word: 'failed' },
  'mailboxes-failed': { icon: 'x', tone: 'fail', word: 'failed' },
  late: { icon: 'clock', tone: 'late', word: 'late' },
  'not-covered': { icon: 'dashed', tone: 'late', word: 'not covered' },
  'storage-full': { icon: 'alert', tone: 'fail', word: 'nearly full' },
  'storage-low': { icon: 'archive', tone: 'late', word: 'filling up' },
  'billing-held': { icon: 'pause', tone: 'late', word: 'held' },
  'payment-failed': { icon: 'alert', tone: 'late', word: 'unpaid' },
  'meter-refused': { icon: 'x', tone: 'fail', word: 'refused' },
  'meter-late': { icon: 'clock', tone: 'late', word: 'late' },
  'bill-grows': { icon: 'archive', tone: 'off', word: 'grows' },
  leaver: { icon: 'leaver', tone: 'seal', word: 'leaver' },
  'restore-not-approved': { icon: 'key', tone: 'late', word: 'not approved' },
  'link-dead': { icon: 'link', tone: 'late', word: 'not connected' },
  paused: { icon: 'pause', tone: 'off', word: 'paused' },
};

const tones: Record<Tone, { disc: string; ink: string; mark: string }> = {
  fail: { disc: 'bg-fail-tint text-fail-mark', ink: 'text-fail-ink', mark: 'text-fail-mark' },
  late: { disc: 'bg-late-tint text-late-mark', ink: 'text-late-ink', mark: 'text-late-mark' },
  seal: { disc: 'bg-seal-tint text-seal-mark', ink: 'text-seal-ink', mark: 'text-seal-mark' },
  off: { disc: 'bg-off-tint text-off-mark', ink: 'text-off-ink', mark: 'text-off-mark' },
};

export function incidentLook(kind: IncidentKind) {
  const { icon, tone, word } = looks[kind];
  return { icon, word, ...tones[tone] };
}
