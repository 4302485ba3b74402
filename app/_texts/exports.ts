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
  folderOf: (path: string) => `the folder ${path} and what is below it`,
  item: 'selected item',
  whole: 'the whole mailbox',
  title: 'Download',
  from: (mailbox: string) => `Download from ${mailbox}`,
  states: {
    queued: 'waiting to start',
    running: 'being made',
    done: 'ready',
    failed: 'failed',
    cancelled: 'cancelled',
    expired: 'no longer kept',
  },
  noPlace:
    'This portal does not know where finished exports lie. Whoever runs it has to set EXPORT_FOLDER.',
  packing: {
    title: 'Making the ZIP',
    some: (items: string, total: string) => `${items} of ${total} items in the ZIP`,
    items: 'Items of this download',
    inside: 'in the ZIP',
    running: (span: string) => `running ${span}`,
    live: (second: string) => `live, ${second}`,
    note: 'Each item is read from the vault and compared with its hash before it goes in. You may leave; the ZIP waits here for a day, and Restores lists it.',
  },
  /** `items`: "2 items are", "1 item is". */
  holds: (items: string) => `${items} in the ZIP.`,
  missed: (count: string) => ` ${count} could not be read.`,
  forms: 'Mail as .eml, events and tasks as .ics, contacts as .vcf, in the folders of the mailbox.',
  facts: {
    title: 'What it holds',
    from: 'Taken from',
    chosen: 'Chosen',
    count: (items: string) => `, ${items}`,
    files: 'Files',
    filesOf: (items: string) =>
      `${items} and manifest.json, which names every file with its size and SHA-256`,
    size: 'Size',
    zip: (bytes: string) => `${bytes} as a ZIP`,
    hash: 'SHA-256',
  },
  failures: {
    title: (count: string) => `${count} that could not be read`,
    first: (count: string) => `the first ${count}; the manifest names all`,
    all: 'the manifest names them, too',
    leftOut: 'left out',
    noSubject: '(no subject)',
  },
  happened: {
    title: 'What happened',
    asked: 'Asked for',
    complete: 'ZIP complete, each file compared with its hash',
  },
  readers: {
    title: 'Who can read it',
    note: 'The ZIP is not encrypted: whoever has it can read the mail. Each download is noted in the audit log.',
  },
} as const;
