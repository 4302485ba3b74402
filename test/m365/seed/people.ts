import { addressName, contoso } from '../entra/organisations.ts';
import { stableGuid } from '../store/ids.ts';
import type { DirectoryUser, MailboxKind } from '../store/store.ts';
import type { Random } from './random.ts';

export interface Person {
  name: string;
  address: string;
  title: string;
  company: string;
  language: 'en' | 'de';
  phone: string;
}

export interface Colleague extends Person {
  user: DirectoryUser;
  kind: MailboxKind;
}

type Row = [name: string, title: string, language: 'en' | 'de', kind: MailboxKind];

const staff: Row[] = [
  ['Adele Vance', 'Managing Director', 'en', 'user'],
  ['Tom Brandt', 'Sales Manager', 'en', 'user'],
  ['Ines Berger', 'Projektleiterin', 'de', 'user'],
  ['Marek Nowak', 'Lead Engineer', 'en', 'user'],
  ['Henrike Möller', 'Leiterin Personal', 'de', 'user'],
  ['Lukas Weber', 'Buchhaltung', 'de', 'user'],
  ['Priya Raman', 'Quality Manager', 'en', 'user'],
  ['Oskar Lindgren', 'Purchasing', 'en', 'user'],
  ['Chiara Conti', 'Marketing', 'en', 'user'],
  ['Samuel Adeyemi', 'Service Desk', 'en', 'user'],
  ['Greta Vogel', 'Assistenz der Geschäftsführung', 'de', 'user'],
  // Whoever leaves: the account that demos and tests delete.
  ['Daniel Hart', 'Consultant (until 30 November)', 'en', 'user'],
  ['Info', 'Shared mailbox', 'en', 'shared'],
  ['Room Baltic', 'Meeting room, 12 seats', 'en', 'room'],
];
const givenNames = [
  'Nina',
  'Felix',
  'Amara',
  'Jonas',
  'Elif',
  'Viktor',
  'Paula',
  'Rafael',
  'Mina',
  'Arne',
  'Sofia',
  'Yusuf',
  'Klara',
  'Ben',
  'Aiko',
  'Leon',
];
const familyNames = [
  'Falk',
  'Osei',
  'Marin',
  'Schuster',
  'Demir',
  'Larsen',
  'Kowalski',
  'Ferrari',
  'Haas',
  'Iversen',
  'Novak',
  'Roth',
  'Silva',
  'Thorne',
  'Ueda',
  'Winter',
];
const companies = [
  'Fabrikam',
  'Tailwind Marine',
  'Litware Logistics',
  'Proseware Steel',
  'Adatum Insurance',
  'Wingtip Design',
  'Alpine Timber',
  'Hafenwerk',
];

/** The people of Contoso who have a mailbox. The first is the main user. */
export function colleagues(count: number, seed: number): Colleague[] {
  const rows = staff.slice(0, count);
  for (let number = rows.length; number < count; number++) {
    const given = givenNames[number % givenNames.length]!;
    const family =
      familyNames[Math.floor(number / givenNames.length + number * 3) % familyNames.length]!;
    const again = rows.filter(([name]) => name.startsWith(`${given} ${family}`)).length;
    rows.push([
      `${given} ${family}${again > 0 ? ` ${again + 1}` : ''}`,
      'Project staff',
      number % 3 === 0 ? 'de' : 'en',
      'user',
    ]);
  }
  return rows.map(([name, title, language, kind], index) => {
    const address = `${addressName(name)}@${contoso.domain}`;
    return {
      name,
      title,
      company: contoso.name,
      language,
      kind,
      address,
      phone: `+49 40 5550 ${100 + index}`,
      user: mailboxUser({ name, address, title, language, kind, seed: String(seed) }),
    };
  });
}

export function mailboxUser(options: {
  name: string;
  address: string;
  title: string | null;
  language: string;
  kind: MailboxKind;
  seed: string;
}): DirectoryUser {
  const { name, address, title, language, kind, seed } = options;
  return {
    id: stableGuid('user', contoso.name, name),
    tid: contoso.tid,
    displayName: name,
    address,
    // Shared mailboxes and rooms are usually unlicensed and switched off (research/graph.md §3.1).
    enabled: kind === 'user',
    licensed: kind === 'user',
    userType: 'Member',
    jobTitle: title,
    language: language === 'de' ? 'de-DE' : 'en-GB',
    mailbox: { exchangeId: `MBX:${stableGuid('mailbox', name, seed)}@${contoso.tid}`, kind },
  };
}

/** Accounts that discovery must pass over: no mailbox behind them. */
export function mailboxless(): DirectoryUser[] {
  const account = (
    name: string,
    userType: 'Member' | 'Guest',
    licensed: boolean,
    domain: string,
  ) => ({
    id: stableGuid('user', contoso.name, name),
    tid: contoso.tid,
    displayName: name,
    address: `${addressName(name)}@${domain}`,
    enabled: true,
    licensed,
    userType,
    jobTitle: null,
    language: 'en-GB',
    mailbox: null,
  });
  return [
    account('Build Service', 'Member', false, contoso.domain),
    account('Nora Quinn', 'Guest', false, 'fabrikam.example'),
    // Licensed, but the mailbox is still on the old server in the cellar.
    account('Hybrid Kiosk', 'Member', true, contoso.domain),
  ];
}

/** People of other companies. */
export function strangers(random: Random, count: number): Person[] {
  return Array.from({ length: count }, () => {
    const company = random.pick(companies);
    const name = `${random.pick(givenNames)} ${random.pick(familyNames)}`;
    const domain = `${addressName(company).replaceAll('.', '-')}.example`;
    return {
      name,
      company,
      address: `${addressName(name)}@${domain}`,
      title: random.pick(['Sales', 'Purchasing', 'Engineering', 'Legal', 'Office']),
      language: random.chance(0.3) ? ('de' as const) : ('en' as const),
      phone: `+44 20 5550 ${random.between(1000, 9999)}`,
    };
  });
}
