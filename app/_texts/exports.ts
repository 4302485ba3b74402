/** Sentences about downloads. */
export const exportTexts = {
  again: 'Make it again',
  stop: 'Stop making the ZIP',
  expired: 'This ZIP is no longer kept',
  keptUntil: (moment: string) => `It was kept until ${moment}.`,
  keptThen: (moment: string) => `Kept until ${moment}, then removed.`,
  copyOf: (moment: string) => `, the copy of ${moment}`,
  expiredNote:
    'Whoever has a ZIP can read the mail in it, so none is kept longer than a day. The copy it was made from is not affected.',
  cancelled: 'Stopped. No ZIP was made',
  cancelledNote:
    'What was written of it is removed. The copy that it was to be made from is not affected.',
  failed: 'No ZIP was made',
  failedNote: 'The copy that it was to be made from is not affected.',
  download: (bytes: string) => `Download ZIP, ${bytes}`,
  folder: 'one folder and what is below it',
} as const;
