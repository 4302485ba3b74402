/**
 * How an item can end, and why. Closed lists with a sentence for people each; safe for the browser.
 * A skip is final until the item changes; a failure is tried again in a later run.
 */
export const itemOutcomes = ['stored', 'reused', 'removed', 'skipped', 'failed'] as const;
export type ItemOutcomeName = (typeof itemOutcomes)[number];

export const skipCauses = {
  'gone-in-flight':
    'It was deleted in the mailbox after it was listed and before it could be read.',
  'corrupt-in-source':
    'Exchange reports that it is damaged and gives it out neither as a stream nor in readable form.',
  'not-exportable': 'Exchange refuses to give out items of this kind.',
} as const;

export const failCauses = {
  'source-error': 'Exchange answered with an error each time it was asked for.',
  'source-timeout': 'Exchange did not finish the answer in time.',
  'source-cut-short': 'The answer ended before it was complete.',
  'source-refused': 'Exchange refused access to it.',
  'vault-mismatch': 'What the vault rebuilt was not what Exchange had sent, so it did not count.',
} as const;

export type SkipCause = keyof typeof skipCauses;
export type FailCause = keyof typeof failCauses;
export type OutcomeCause = SkipCause | FailCause;

/** Why a restore could not put an item back, or did not have to. */
export const replayCauses = {
  'nothing-stored': 'The vault holds neither a stream nor a readable form that can be put back.',
  'stream-refused':
    'Exchange refused the full-fidelity stream and there is no other form that can be put back.',
  'too-large':
    'Only the readable form is there and it is larger than Exchange accepts in one request.',
  'mailbox-full': 'The mailbox is full.',
  'folder-missing': 'The folder that it belongs in could not be made.',
  'target-refused': 'Exchange refused to write it.',
  'target-error': 'Exchange answered with an error each time it was written.',
  'vault-damaged': 'The vault could not give it back whole.',
  'differs-after-write': 'It was written, but what is there now differs from what was stored.',
  'kept-beside':
    'It was written, but what is there now could not be proved to be the same, so the item that it was to replace was kept beside it.',
  'missing-after-write': 'It was written, but it could not be found afterwards.',
  'no-readable-form': 'It has no form that can be put back through this route.',
} as const;
export type ReplayCause = keyof typeof replayCauses;

/** What is stored although one of the two forms could not be had. */
export const itemNotes = {
  'readable-only':
    'Exchange gave no full-fidelity stream; the readable form is stored and is what a restore uses.',
  'stream-only':
    'Exchange gave no readable form; the stream is stored and restores exactly, but cannot be previewed or searched.',
} as const;
export type ItemNote = keyof typeof itemNotes;

/** The sentence for any cause; an unknown one is shown as it is. */
export function causeSentence(cause: string): string {
  const all: Record<string, string> = { ...skipCauses, ...failCauses, ...replayCauses };
  return all[cause] ?? cause;
}

export type OutcomeTally = Record<ItemOutcomeName, number>;

export function emptyTally(): OutcomeTally {
  return { stored: 0, reused: 0, removed: 0, skipped: 0, failed: 0 };
}

/** True when everything that was listed has ended one way or another. */
export function balances(enumerated: number, tally: OutcomeTally): boolean {
  return enumerated === tally.stored + tally.reused + tally.removed + tally.skipped + tally.failed;
}
