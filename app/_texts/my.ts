/** 1 message, 2 messages. */
function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** "Inbox", "Inbox and Sent Items", "3 folders". */
function folderList(paths: readonly string[]): string {
  if (paths.length <= 2) return paths.join(' and ');
  return count(paths.length, 'folder');
}

const messages = (number: number) => count(number, 'message');
const items = (number: number) => count(number, 'item');

/** What an entry of the audit log names. */
interface Told {
  mailbox: string | null;
  target: string | null;
  count: number;
}

const inside = (it: Told) => (it.mailbox === null ? '' : ` in the mailbox of ${it.mailbox}`);
const onto = (it: Told) => (it.target === null ? '' : `, into the mailbox of ${it.target}`);

/** What people of customers read: no word here that one has to know from elsewhere. */
export const myTexts = {
  count: { messages, items },
  loading: {
    find: 'the search',
    restores: 'what was put back',
    sessions: 'sessions',
  },
  frame: {
    skip: 'Skip to the page',
    yourMail: 'Your mail',
    mailOf: (customer: string) => `Mail of ${customer}`,
    forCustomer: (customer: string) => `for ${customer}`,
    copied: (ago: string) => `copied ${ago}`,
    notCopied: 'not copied yet',
    sections: 'Sections',
    find: 'Find',
    mailboxes: 'Mailboxes',
    leavers: 'Leavers',
    looked: 'Who looked',
    restores: 'Put back',
    restoresLong: 'What was put back',
    sessions: 'Where you are signed in',
    account: (name: string) => `Account of ${name}`,
    administratorOf: (customer: string) => `administrator of ${customer}`,
    ownerAt: (customer: string) => `mailbox at ${customer}`,
    signOut: 'Sign out',
    stillSignedIn: 'Still signed in: the server did not answer. Try again.',
  },
  find: {
    title: 'Find a lost message',
    where: 'In which mailbox',
    everywhere: (customer: string) => `All mailboxes of ${customer}`,
    archive: (name: string) => (/archive/i.test(name) ? name : `${name}, archive`),
    words: 'Who, what, or a file name',
    search: 'Search',
    week: 'Removed this week',
    yesterday: 'Removed yesterday',
    yesterdayShort: 'Yesterday',
    day: 'A day…',
    folder: 'In which folder',
    everyFolder: 'Every folder',
    folderGone: (path: string) => `${path} (gone)`,
    dayTitle: 'Which day?',
    dayLabel: 'Day',
    dayRemoved: 'It was removed that day',
    dayCame: 'It came or was written that day',
    dayShow: 'Show messages',
    none: 'There is no copy of your mail yet. The first one is being made; come back in an hour.',
    since: {
      before: 'Your mail is copied since ',
      after: '. Looking here changes nothing in it.',
    },
    sinceAll: 'Looking here changes nothing. Whoever looks is listed under “Who looked”.',
    earlier: 'Put back before',
    all: 'All of it',
  },
  results: {
    title: 'Found',
    heading: (number: number, atLeast: boolean) =>
      `${atLeast ? 'More than ' : ''}${messages(number)}`,
    words: (words: string) => ` with “${words}”`,
    week: ' removed this week',
    yesterday: ' removed yesterday',
    removedOn: (day: string) => ` removed on ${day}`,
    cameOn: (day: string) => ` of ${day}`,
    inFolder: (path: string) => ` in ${path}`,
    chooseAll: (number: number) => `Choose all ${number.toLocaleString('en-US')}`,
    chooseNone: 'Choose none',
    stopped: 'Not searched to the end',
    list: 'Messages found',
    choose: (subject: string) => `Choose ${subject}`,
    noSubject: '(no subject)',
    removed: 'removed ',
    binned: 'in Deleted Items since ',
    there: (folder: string) => (folder === '' ? 'still in the mailbox' : `still in ${folder}`),
    kept: (folder: string) => (folder === '' ? 'in the last copy' : `in the last copy, ${folder}`),
    files: 'has files',
    putBack: (number: number) => `Put back ${messages(number)}`,
    elsewhere: (number: number) => `Put ${messages(number)} into another mailbox`,
    download: 'Download',
    downloadCount: (number: number) => `Download ${messages(number)}`,
    toOne: (folder: string) => `to ${folder}; nothing else changes`,
    toMany: 'each to where it was; nothing else changes',
    someRefused: (why: string) =>
      `${why} The others are ready under “What was put back”; choose these apart from them.`,
    toLook: 'You see what happens before anything is written.',
    more: 'Show older ones',
    none: 'Nothing found',
    noOlder: 'No older ones',
    noOlderNote: 'What was found stands on the pages before.',
    noneSince: (day: string) =>
      `Not in the copies since ${day}, when your backup began. Try fewer words or another day.`,
    noneElse: 'Not in the copies. Try fewer words or another day.',
    noneGone:
      'No message was removed in that time. Search for a word from it: it may only have been moved.',
    notIndexed: (missing: string) =>
      `${missing} cannot be found by words yet. Look for them by when they were removed.`,
  },
  read: {
    title: 'Message',
    back: 'Back to what was found',
    backToFind: 'Find a message',
    gone: 'Removed',
    from: (folder: string) => ` from ${folder}`,
    safe: 'Safe here.',
    there: (folder: string) =>
      folder === '' ? 'Still in the mailbox.' : `Still in the mailbox, in ${folder}.`,
    kept: (folder: string) =>
      folder === '' ? 'Kept in the last copy.' : `Kept in the last copy, in ${folder}.`,
    forms: 'How it is shown',
    text: 'Text',
    formatted: 'Formatted',
    formattedTitle: 'The message, formatted',
    remote: (number: number) =>
      `${count(number, 'picture')} from elsewhere ${number === 1 ? 'was' : 'were'} not loaded`,
    putBack: 'Put back this message',
    elsewhere: 'Put it into another mailbox',
    download: 'Download this message',
    noSubject: '(no subject)',
    failed: 'This message could not be opened',
    failedSafe: 'It is safe in the copy.',
    to: (names: string) => `to ${names}`,
    cc: (names: string) => `, copy to ${names}`,
    files: 'Files',
    noName: 'without a name',
    noText: '(no text)',
    truncated: 'The text goes on. Put the message back or download it to have all of it.',
    notedAll: (provider: string) => `Noted under “Who looked”, where ${provider} can see it, too.`,
    noted: (customer: string) => `Your administrator at ${customer} can see that you opened this.`,
  },
  restore: {
    title: 'Put back',
    about: (span: string) => `about ${span}`,
    between: (low: string, high: string) => `${low} to ${high}`,
    leaverTitle: (name: string) => `Mail of ${name}`,
    where: 'Where does it go?',
    original: 'Where it was',
    originalNote: 'Each message into the folder it came from.',
    originalGone: (name: string) => `${name} has left: there is no mailbox to put it back into.`,
    folder: 'A new folder in this mailbox',
    folderNote: 'Beside what is there now.',
    mailbox: 'A folder in somebody else’s mailbox',
    mailboxNote: 'Such as the manager’s.',
    whoseMailbox: 'Whose mailbox',
    filter: 'Type a name',
    noneSuch: 'Nobody of that name has a mailbox here. Try fewer letters.',
    folderName: 'Name of the folder',
    folderDefault: (name: string) => `Mail of ${name}`,
    next: 'Show what will happen',
    nothingYet: 'Nothing has been written yet.',
    planning: 'Looking at what is in the mailbox',
    planningNote: 'The copy is compared with the mailbox. This takes some seconds.',
    planTitle: (number: number, one: 'message' | 'item') => `Put back ${count(number, one)}?`,
    planInto: (number: number, one: 'message' | 'item', name: string) =>
      `Put ${count(number, one)} into ${name}’s mailbox?`,
    nothing: 'Nothing has to be put back',
    nothingNote: 'All of it is in the mailbox already.',
    goes: 'What goes where',
    willWrite: (number: number, one: 'message' | 'item') => count(number, one),
    present: (number: number) =>
      `${items(number)} ${number === 1 ? 'is' : 'are'} there already and ${number === 1 ? 'stays' : 'stay'} as ${number === 1 ? 'it is' : 'they are'}.`,
    changed: (number: number) =>
      `${items(number)} ${number === 1 ? 'is' : 'are'} there, changed since the copy, and ${number === 1 ? 'is' : 'are'} left alone.`,
    cannot: (number: number) =>
      `${items(number)} cannot be written by Microsoft’s rules. The copy keeps ${number === 1 ? 'it' : 'them'}.`,
    elseNothing: 'Nothing else changes. No invitations and no receipts are sent.',
    takes: (words: string) => `Takes ${words}. You may close this page meanwhile.`,
    live: 'live',
    progress: 'What is being put back',
    lines: 'One by one',
    first: (shown: string, total: string) => `the first ${shown} of ${total}`,
    states: {
      write: 'goes back',
      there: 'there already',
      cannot: 'cannot',
      back: 'back',
      readBack: 'read back',
      failed: 'not put back',
    },
    execute: (number: number, one: 'message' | 'item') => `Put back ${count(number, one)}`,
    executeInto: (number: number, one: 'message' | 'item', name: string) =>
      `Put ${count(number, one)} into ${name}’s mailbox`,
    cancel: 'Do not put back',
    notFresh: 'This look at the mailbox is more than an hour old. Look again before it is written.',
    again: 'Look again',
    writing: (written: string, total: string) => `${written} of ${total} put back`,
    reading: (verified: string, written: string) => `Reading back: ${verified} of ${written}`,
    workingNote:
      'An interruption makes no duplicate. You may close this page; it goes on by itself.',
    stop: 'Stop',
    done: (number: number, one: 'message' | 'item', folder: string) =>
      `${count(number, one)} ${number === 1 ? 'is' : 'are'} back in ${folder}`,
    doneFolders: (paths: readonly string[]) => folderList(paths),
    doneMailbox: (number: number, one: 'message' | 'item', folder: string, name: string) =>
      `${count(number, one)} ${number === 1 ? 'is' : 'are'} in “${folder}” of ${name}’s mailbox`,
    doneNone: 'Nothing was put back',
    doneNote: (number: number) =>
      `We read ${number === 1 ? 'it' : number === 2 ? 'both' : 'all of them'} again after writing. Outlook may need a minute to show ${number === 1 ? 'it' : 'them'}.`,
    takeBack: (number: number) =>
      `To take ${number === 1 ? 'it' : 'them'} back, delete ${number === 1 ? 'it' : 'them'} by hand in Outlook. There is no undo here yet; ${number === 1 ? 'this is the one' : 'these are the ones'} that ${number === 1 ? 'was' : 'were'} written.`,
    written: (number: number) => `Written: ${items(number)}`,
    firstLines: (shown: string, total: string) => `The first ${shown} of ${total} are listed.`,
    missed: (number: number) => `${items(number)} could not be put back`,
    missedNote: 'Nothing is lost: the copy has all of it.',
    left: (number: number) =>
      `${items(number)} ${number === 1 ? 'was' : 'were'} there already and ${number === 1 ? 'was' : 'were'} left alone.`,
    stopped: 'Stopped',
    stoppedNote: (number: number) =>
      number === 0 ? 'Nothing was written.' : `${items(number)} had been put back before.`,
    dropped: 'Not put back',
    failed: 'That did not work',
    another: 'Find another message',
    toLeavers: 'Back to the leavers',
    list: 'What was put back',
    listNote: 'Newest first',
    empty: 'Nothing was put back yet',
    emptyNote: 'What you put back is listed here, with where it went.',
    by: { you: 'by you', yours: 'by your organisation', provider: (name: string) => `by ${name}` },
    rows: {
      planning: 'being looked at',
      planned: (words: string) => `${words} ready to be put back`,
      running: (words: string) => `putting back ${words}`,
      done: (words: string) => `${words} back`,
      failed: 'stopped',
      cancelled: 'not put back',
      draft: 'chosen',
    },
    of: (name: string) => `from ${name}`,
    intoMailbox: (name: string) => `into ${name}`,
  },
  download: {
    title: 'Download',
    list: 'Files to download',
    row: (number: number, size: string) => `${items(number)}, ${size}`,
    packing: 'Getting your file ready',
    packingCount: (done: string, total: string) => `${done} of ${total} in the file`,
    packingNote: 'This takes some seconds. You may leave; the file waits here for a day.',
    ready: (number: number) => `${messages(number)} in one file`,
    readyNote: 'Mail opens with Outlook and most mail programs.',
    act: (size: string) => `Download, ${size}`,
    notEncrypted: 'Whoever has the file can read the mail in it.',
    kept: 'Kept until ',
    failedCount: (number: number) => `${items(number)} could not be read and are not in the file.`,
    expired: 'This file is no longer kept',
    expiredNote: 'Files are removed after a day. The copy it was made from is still there.',
    failed: 'No file was made',
    failedNote: 'The copy it was to be made from is not affected.',
  },
  sessions: {
    title: 'Where you are signed in',
    note: 'End what you do not know. It is signed out at once.',
    here: 'this browser',
    unknown: 'a browser',
    since: 'since ',
    last: 'last used ',
    end: 'End',
    endOf: (browser: string) => `End ${browser}`,
    endOthers: 'End all others',
  },
  mailboxes: {
    title: 'Mailboxes',
    one: 'Mailbox',
    good: (covered: number, total: number) =>
      `${covered.toLocaleString('en-US')} of ${total.toLocaleString('en-US')} copied in time`,
    state: {
      good: 'good',
      stopped: 'not copied any more',
      old: 'late',
      failed: 'last copy failed',
      gaps: 'good, some items not',
      first: 'first copy under way',
      none: 'not covered',
      left: 'has left',
      out: 'left out',
    },
    lastGood: 'last good copy ',
    lastNone: 'no copy yet',
    empty: 'No mailbox has been found yet',
    emptyNote: 'They appear with the first backup.',
    items,
    facts: {
      copied: 'Last good copy',
      first: 'First copy',
      holds: 'Holds',
      left: 'Left',
    },
    find: (name: string) => `Find a message of ${name}`,
    give: 'Put back a folder, or all of it',
    giveLeaver: 'Give this mail to somebody',
    what: 'What',
    whole: (words: string) => `The whole mailbox, ${words}`,
    folder: 'One folder and what is below it',
    whichFolder: 'Which folder',
    copy: 'As it was',
    copyLatest: (moment: string) => `${moment} (the latest copy)`,
    next: 'Go on: where to',
    promise: 'Nothing is written until you have seen a plan.',
    looked: 'Who looked at it',
    leftNote: (name: string) =>
      `${name}’s account is gone at Microsoft. This is the last copy, and it is kept.`,
  },
  leavers: {
    title: 'Leavers',
    note: 'People whose account is gone. Their mail is kept here.',
    left: 'gone since ',
    last: 'last copy ',
    give: 'Give to somebody',
    giveOf: (name: string) => `Give the mail of ${name} to somebody`,
    look: 'Look into it',
    empty: 'Nobody has left',
    emptyNote: 'When an account is deleted, its mail appears here at the next backup.',
  },
  audit: {
    title: 'Who looked at what',
    note: (provider: string) =>
      `Everything that was read or done in your mail, by ${provider} and by your own people.`,
    staff: (provider: string) => `By ${provider}`,
    all: 'Everybody',
    of: (name: string) => `In ${name}`,
    clear: 'All mailboxes',
    older: 'Show older',
    loading: 'who looked',
    empty: 'Nobody has looked',
    emptyNote: 'Whoever opens a message, searches or puts mail back is named here.',
    emptyStaff: (provider: string) => `Nobody of ${provider} has looked`,
    you: 'You',
    program: (provider: string) => `A program of ${provider}`,
    machine: 'Holdfast',
    named: (name: string, provider: string) => `${name} of ${provider}`,
    somebody: (whose: string) => `Somebody of ${whose}`,
    yours: 'your organisation',
    /** What an entry tells, as it goes on after a name. */
    did: {
      'item.read': (it: Told) => `opened a message${inside(it)}.`,
      'item.list': (it: Told) => `looked through a folder${inside(it)}.`,
      'item.list-restore': (it: Told) =>
        `looked through ${items(it.count)} that were to be put back${inside(it)}.`,
      'item.list-export': (it: Told) =>
        `looked through ${items(it.count)} that a download left out${inside(it)}.`,
      'folder.list': (it: Told) => `looked at the folders${inside(it)}.`,
      'folder.list-restore': (it: Told) =>
        `looked at the folders that mail was put back into${inside(it)}.`,
      'item.download': (it: Told) => `downloaded a message or a file of one${inside(it)}.`,
      'search.start': (it: Told) => `searched${it.mailbox ? inside(it) : ' in all mailboxes'}.`,
      'search.read': (it: Told) =>
        `saw ${count(it.count, 'message')} that a search found${it.mailbox ? inside(it) : ''}.`,
      'restore.plan': (it: Told) =>
        `looked at what putting mail back would do${inside(it)}${onto(it)}.`,
      'restore.execute': (it: Told) => `put ${items(it.count)} back${inside(it)}${onto(it)}.`,
      'restore.cancel': (it: Told) => `gave up putting mail back${inside(it)}.`,
      'export.start': (it: Told) => `made a file of mail to download${inside(it)}.`,
      'export.download': (it: Told) => `downloaded a file of mail${inside(it)}.`,
    },
  },
} as const;

/** What a form of theirs still wants to know. */
export const myRefusals = {
  day: 'Choose a day first.',
  mailbox: 'Choose whose mailbox it goes to.',
  where: 'Choose where it goes.',
} as const;
