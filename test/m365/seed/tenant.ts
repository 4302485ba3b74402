import { readMessage } from '../mime/read.ts';
import { messageFlags, type StoredFolder, type StoredItem } from '../store/item.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';
import { meetingRequest, seedOtherItems } from './calendar.ts';
import type { Document } from './files.ts';
import { folderAt, makeFolders, newFolder } from './mailbox-folders.ts';
import { type Colleague, colleagues, mailboxless, type Person, strangers } from './people.ts';
import { Random } from './random.ts';
import {
  makeAnnouncement,
  makeThread,
  type SeedMessage,
  type ThreadWorld,
  transportHeaders,
} from './threads.ts';

export interface SeedOptions {
  seed: number;
  mailboxes: number;
  /** Copies of messages in all mailboxes together, about. */
  messages: number;
  /** Messages in one extra folder of the main user; 0: no such folder. */
  largeFolder: number;
  /** Multiplies the size of attachments. */
  scale: number;
}

/** Messages that the nested folder Projects/Harbour of the main user has at least. */
const harbourMessagesMin = 36;

/** Fills an empty store with Contoso: people, mail, calendars. */
export async function seedTenant(store: Store, options: SeedOptions): Promise<void> {
  const random = new Random(options.seed);
  const world: ThreadWorld = {
    colleagues: colleagues(options.mailboxes, options.seed),
    strangers: strangers(random.fork(1), 60),
    scale: options.scale,
  };
  for (const user of mailboxless()) store.addUser(user);
  const post = new PostOffice(store, random.fork(2));
  for (const colleague of world.colleagues) post.open(colleague);

  const main = world.colleagues[0]!;
  for (let edition = 1; edition <= 3; edition++) {
    await post.deliver(makeAnnouncement(world, random, edition));
  }
  const heavy: Document = {
    base: 'Survey Dock 4',
    extension: 'zip',
    seed: options.seed,
    bytes: 6_200_000,
  };
  const survey = { project: 'Harbour', with: main, length: 1, attachment: heavy };
  for (const message of makeThread(world, random, survey)) await post.deliver(message);
  while (post.harbour < harbourMessagesMin) {
    const wish = { project: 'Harbour', with: main, length: random.between(2, 6) };
    for (const message of makeThread(world, random, wish)) await post.deliver(message);
  }
  const sender = world.colleagues[1] ?? main;
  await post.deliverBytes(main, meetingRequest(sender, main, random));
  while (post.copies < options.messages) {
    const wish = random.chance(0.12) ? { with: main } : {};
    for (const message of makeThread(world, random, wish)) await post.deliver(message);
  }
  if (options.largeFolder > 0) await post.fillLargeFolder(main, options.largeFolder, world, random);
  for (const [index, colleague] of world.colleagues.entries()) {
    const mailbox = post.mailboxOf(colleague);
    await seedOtherItems(store, mailbox, colleague, world, random.fork(100 + index));
  }
}

/** Puts messages into the mailboxes of everybody they concern. */
class PostOffice {
  readonly #store: Store;
  readonly #random: Random;
  readonly #mailboxes = new Map<Person, Mailbox>();
  copies = 0;
  /** Messages in Projects/Harbour of the main user. */
  harbour = 0;

  constructor(store: Store, random: Random) {
    this.#store = store;
    this.#random = random;
  }

  open(colleague: Colleague): void {
    const mailbox = this.#store.addUser(colleague.user)!;
    // One person works in German; the other folders keep English names.
    const german = colleague.name === 'Henrike Möller';
    makeFolders(this.#store, mailbox, german ? 'de' : 'en');
    if (this.#mailboxes.size === 0) {
      folderAt(this.#store, mailbox, 'msgfolderroot', ['Projects', 'Harbour']);
      folderAt(this.#store, mailbox, 'msgfolderroot', ['Projects', 'Lantern', 'Photos']);
      folderAt(this.#store, mailbox, 'msgfolderroot', ['Projects', 'Empty so far']);
    }
    if (colleague.name === 'Lukas Weber') {
      // Two siblings of one name: a mailbox can have them, and a path cannot tell them apart.
      const inbox = mailbox.wellKnown('inbox')!;
      newFolder(this.#store, mailbox, inbox, 'Rechnungen');
      newFolder(this.#store, mailbox, inbox, 'Rechnungen');
      folderAt(this.#store, mailbox, 'inbox', ['Kunden / offen']);
    }
    this.#mailboxes.set(colleague, mailbox);
  }

  mailboxOf(person: Person): Mailbox {
    return this.#mailboxes.get(person)!;
  }

  async deliver(message: SeedMessage): Promise<void> {
    const read = readMessage(message.mime);
    const { author, recipients } = message;
    for (const person of [author, ...recipients]) {
      const mailbox = this.#mailboxes.get(person);
      if (!mailbox) continue;
      const sent = person === author;
      const transport = sent ? Buffer.alloc(0) : transportHeaders(message, person, this.#random);
      const folder = this.#folderFor(mailbox, person, message, sent);
      const shift = transport.length;
      const content = await this.#store.content.put(Buffer.concat([transport, message.mime]));
      this.#store.putItem(mailbox, {
        ...this.#marks(sent),
        folder: folder.folder,
        itemClass: read.itemClass,
        created: message.at,
        modified: message.at,
        received: message.at,
        size: content.bytes,
        mail: {
          facts: { ...read.facts, headerBytes: read.facts.headerBytes + shift },
          content,
          segments: read.segments.map((it) => ({
            ...it,
            start: it.start + shift,
            end: it.end + shift,
          })),
        },
      });
      this.copies++;
    }
  }

  async deliverBytes(person: Person, mime: Buffer): Promise<void> {
    const mailbox = this.mailboxOf(person);
    const { facts, segments, itemClass } = readMessage(mime);
    const at = facts.sent ?? '2026-11-18T10:15:00.000Z';
    this.#store.putItem(mailbox, {
      ...this.#marks(false),
      folder: mailbox.wellKnown('inbox')!.folder,
      itemClass,
      created: at,
      modified: at,
      received: at,
      size: mime.length,
      mail: { facts, segments, content: await this.#store.content.put(mime) },
    });
    this.copies++;
  }

  async fillLargeFolder(
    person: Person,
    count: number,
    world: ThreadWorld,
    random: Random,
  ): Promise<void> {
    const mailbox = this.mailboxOf(person);
    const { folder } = folderAt(this.#store, mailbox, 'msgfolderroot', ['Large']);
    for (let done = 0; done < count; ) {
      for (const message of makeThread(world, random, { with: person })) {
        if (done++ >= count) break;
        const { facts, segments, itemClass } = readMessage(message.mime);
        this.#store.putItem(mailbox, {
          ...this.#marks(false),
          folder,
          itemClass,
          created: message.at,
          modified: message.at,
          received: message.at,
          size: message.mime.length,
          mail: { facts, segments, content: await this.#store.content.put(message.mime) },
        });
      }
    }
  }

  #folderFor(mailbox: Mailbox, person: Person, message: SeedMessage, sent: boolean): StoredFolder {
    const main = mailbox === [...this.#mailboxes.values()][0];
    if (main && message.project === 'Harbour' && !sent) {
      this.harbour++;
      return folderAt(this.#store, mailbox, 'msgfolderroot', ['Projects', 'Harbour']);
    }
    if (sent) return mailbox.wellKnown('sentitems')!;
    if (main && message.project === 'Lantern') {
      const path = this.#random.chance(0.3)
        ? ['Projects', 'Lantern', 'Photos']
        : ['Projects', 'Lantern'];
      return folderAt(this.#store, mailbox, 'msgfolderroot', path);
    }
    const inbox = mailbox.wellKnown('inbox')!;
    const twins = person.name === 'Lukas Weber' ? mailbox.childrenOf(inbox.folder) : [];
    if (twins.length > 0 && this.#random.chance(0.3)) return this.#random.pick(twins);
    const chance = this.#random.next();
    if (chance < 0.08) return mailbox.wellKnown('archive')!;
    if (chance < 0.12) return mailbox.wellKnown('deleteditems')!;
    if (chance < 0.14) return mailbox.wellKnown('junkemail')!;
    return inbox;
  }

  #marks(
    sent: boolean,
  ): Pick<
    StoredItem,
    'flags' | 'categories' | 'followUp' | 'importance' | 'extended' | 'resource'
  > {
    const read = sent || this.#random.chance(0.8);
    return {
      flags: (read ? messageFlags.read : 0) | (sent ? messageFlags.submitted : 0),
      categories: this.#random.chance(0.06)
        ? [this.#random.pick(['Red category', 'Kunde', 'Follow up'])]
        : [],
      followUp: this.#random.chance(0.04) ? 'flagged' : 'notFlagged',
      importance: this.#random.chance(0.05) ? 'high' : 'normal',
      extended: {},
      resource: null,
    };
  }
}
