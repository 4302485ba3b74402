import { type ComposeAttachment, composeMessage, formatDate } from '../mime/compose.ts';
import type { Address } from '../store/item.ts';
import { attach, type Document, newDocument, picture } from './files.ts';
import type { Colleague, Person } from './people.ts';
import {
  type Language,
  paragraphsFor,
  projects,
  quoteLine,
  replyPrefix,
  subjectFor,
} from './phrases.ts';
import { Random } from './random.ts';

/** One message, before it is put into mailboxes. */
export interface SeedMessage {
  project: string;
  /** Without what servers add on the way. */
  mime: Buffer;
  author: Person;
  recipients: Person[];
  at: string;
  /** Goes into every copy's transport headers. */
  messageId: string;
}

export interface ThreadWorld {
  colleagues: Colleague[];
  strangers: Person[];
  /** Multiplies the size of attachments. */
  scale: number;
}

const lastDay = Date.UTC(2026, 10, 20, 16);
const days = 86_400_000;
const address = ({ name, address }: Person): Address => ({ name, address });

interface Previous {
  text: string;
  html: string;
  author: Person;
  at: number;
}

interface Quoted {
  text: string;
  html: string;
}

export interface ThreadWish {
  project?: string;
  starter?: Person;
  /** Somebody who is in the thread in any case. */
  with?: Person;
  length?: number;
  attachment?: Document;
}

/** A conversation: a first message and replies that quote what came before. */
export function* makeThread(
  world: ThreadWorld,
  random: Random,
  wish: ThreadWish = {},
): Generator<SeedMessage> {
  const project = wish.project ?? random.pick(projects);
  const users = world.colleagues.filter((it) => it.kind === 'user');
  const starter =
    wish.starter ?? (random.chance(0.25) ? random.pick(world.strangers) : random.pick(users));
  const others = random.sample(
    users.filter((it) => it !== starter),
    random.between(1, 4),
  ) as Person[];
  if (random.chance(0.3)) others.push(random.pick(world.strangers));
  if (random.chance(0.06)) others.push(...world.colleagues.filter((it) => it.kind === 'shared'));
  const circle = [...new Set([starter, ...(wish.with ? [wish.with] : []), ...others])];
  const language: Language =
    starter.language === 'de' && circle.filter((it) => it.language === 'de').length > 1
      ? 'de'
      : 'en';
  const topic = subjectFor(language, random, project);
  const document =
    wish.attachment ?? (random.chance(0.4) ? newDocument(random, project, world.scale) : null);
  const length = wish.length ?? Math.min(8, 1 + Math.floor(random.next() * random.next() * 9));

  let at =
    lastDay - Math.floor(random.next() ** 1.5 * 500) * days - random.between(0, 8 * 3_600_000);
  let author = starter;
  let previous: Previous | null = null;
  const references: string[] = [];
  let version = 1;
  for (let turn = 0; turn < length; turn++) {
    const recipients = circle.filter((it) => it !== author);
    const paragraphs = paragraphsFor(language, random, {
      project,
      name: recipients[0]!.name.split(' ')[0]!,
    });
    const quoted: Quoted | null = previous ? quote(language, previous) : null;
    const text: string = `${paragraphs.join('\n\n')}\n\n${signature(author)}${quoted ? `\n\n${quoted.text}` : ''}\n`;
    const logo = author.company === 'Contoso' ? companyLogo(author.company) : null;
    const html: string | null = random.chance(0.82)
      ? htmlOf(paragraphs, author, logo, quoted?.html ?? null)
      : null;
    const attachments: ComposeAttachment[] = html && logo ? [logo] : [];
    if (document && (turn === 0 || random.chance(0.35)))
      attachments.push(attach(document, version++));
    const id = `<${random.hex(24)}.${random.hex(8)}@${author.address.split('@')[1]}>`;
    const date = new Date(at).toISOString();
    yield {
      project,
      author,
      recipients,
      at: date,
      messageId: id,
      mime: composeMessage({
        from: address(author),
        to: recipients.slice(0, 2).map(address),
        cc: recipients.slice(2).map(address),
        subject: turn === 0 ? topic : `${replyPrefix(language)}${topic}`,
        date,
        messageId: id,
        headers: [
          ['Thread-Topic', asciiOnly(topic)],
          ['Thread-Index', Buffer.from(random.hex(32), 'hex').toString('base64')],
          ...(references.length > 0
            ? ([
                ['In-Reply-To', references.at(-1)!],
                ['References', references.join('\r\n\t')],
              ] as Array<[string, string]>)
            : []),
          ['Accept-Language', language === 'de' ? 'de-DE, en-US' : 'en-GB, en-US'],
          ['Content-Language', language === 'de' ? 'de-DE' : 'en-GB'],
        ],
        text,
        html,
        attachments,
      }),
    };
    references.push(id);
    previous = { text, html: html ?? `<pre>${escapeHtml(text)}</pre>`, author, at };
    author = random.pick(
      recipients.filter((it) => !('kind' in it) || (it as Colleague).kind === 'user'),
    );
    author ??= starter;
    at += random.between(4 * 60_000, 2 * days);
    if (at > lastDay) at = lastDay - random.between(1, 3_600_000);
  }
}

/** One message from the management to everybody. */
export function makeAnnouncement(world: ThreadWorld, random: Random, number: number): SeedMessage {
  const author = world.colleagues[0]!;
  const recipients = world.colleagues.filter((it) => it !== author && it.kind === 'user');
  const paragraphs = paragraphsFor('en', random, { project: 'Meridian', name: 'all' });
  const logo = companyLogo(author.company);
  const at = new Date(lastDay - number * 30 * days).toISOString();
  const id = `<${random.hex(24)}.${random.hex(8)}@contoso.example>`;
  const handbook: Document = {
    base: `Handbook ${number}`,
    extension: 'pdf',
    seed: 500 + number,
    bytes: 420_000,
  };
  return {
    project: 'Meridian',
    author,
    recipients,
    at,
    messageId: id,
    mime: composeMessage({
      from: address(author),
      to: recipients.map(address),
      subject: `To all: working rules, edition ${number} – Grüße aus der Geschäftsführung`,
      date: at,
      messageId: id,
      text: `${paragraphs.join('\n\n')}\n\n${signature(author)}\n`,
      html: htmlOf(paragraphs, author, logo, null),
      attachments: [logo, attach(handbook, number)],
    }),
  };
}

/** Header lines that the servers of one copy's way put in front (CRLF at the end). */
export function transportHeaders(message: SeedMessage, reader: Person, random: Random): Buffer {
  const domain = message.author.address.split('@')[1];
  const host = `FR${random.between(1, 4)}P281MB${random.between(1000, 4999)}`;
  const received = new Date(Date.parse(message.at) + random.between(900, 9_000)).toISOString();
  const lines = [
    `Received: from ${host}.EURPRD10.PROD.OUTLOOK.COM (2603:10a6:${random.hex(3)}::${random.between(2, 99)})`,
    ` by ${random.hex(12).toUpperCase()}.eurprd10.prod.outlook.com with HTTPS id ${random.hex(20)}; ${formatDate(received)}`,
    `Received: from mail.${domain} (203.0.113.${random.between(2, 250)}) by`,
    ` ${host}.mail.protection.outlook.com (10.167.${random.between(1, 250)}.${random.between(1, 250)}) with Microsoft SMTP Server`,
    ` (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.${random.between(7000, 9999)}.${random.between(10, 40)}; ${formatDate(message.at)}`,
    `Authentication-Results: spf=pass (sender IP is 203.0.113.${random.between(2, 250)}) smtp.mailfrom=${domain}; dkim=pass header.d=${domain}; dmarc=pass action=none`,
    `X-MS-Exchange-Organization-Network-Message-Id: ${random.guid()}`,
    `X-MS-Exchange-Organization-SCL: ${random.pick(['-1', '1', '1', '5'])}`,
    `X-MS-Exchange-Organization-AuthAs: ${message.author.company === 'Contoso' ? 'Internal' : 'Anonymous'}`,
    `X-MS-Exchange-Transport-EndToEndLatency: 00:00:0${random.between(1, 9)}.${random.between(1_000_000, 9_999_999)}`,
    `X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:I;ENG:(${random.between(100, 999)});`,
    `X-Microsoft-Antispam-Message-Info: ${random.bytes(48).toString('base64')}`,
    `Return-Path: ${message.author.address}`,
    `Delivered-To: ${reader.address}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n`);
}

const logos = new Map<string, ComposeAttachment>();

function companyLogo(company: string): ComposeAttachment {
  let logo = logos.get(company);
  if (!logo) {
    const content = picture(new Random(company.length * 77), 36);
    logo = {
      name: 'image001.png',
      contentType: 'image/png',
      content,
      inline: true,
      contentId: 'image001.png@01DC5A2B.7F3E9C10',
    };
    logos.set(company, logo);
  }
  return logo;
}

function signature(person: Person): string {
  return `${person.name}\n${person.title}\n${person.company} | ${person.phone} | ${person.address}`;
}

function quote(language: Language, previous: Previous): Quoted {
  const date = new Date(previous.at).toLocaleString(language === 'de' ? 'de-DE' : 'en-GB', {
    timeZone: 'UTC',
  });
  const line = quoteLine(language, previous.author.name, date);
  const quoted = previous.text.trimEnd().split('\n');
  const inner = previous.html.replace(/^[\s\S]*?<body[^>]*>|<\/body>[\s\S]*$/g, '');
  return {
    text: `${line}\n${quoted.map((it) => (it === '' ? '>' : `> ${it}`)).join('\n')}`,
    html: `<div class="quote"><p>${escapeHtml(line)}</p><blockquote style="border-left:1px solid #ccc;padding-left:6pt">${inner}</blockquote></div>`,
  };
}

function htmlOf(
  paragraphs: string[],
  author: Person,
  logo: ComposeAttachment | null,
  quoted: string | null,
): string {
  const body = paragraphs.map((it) => `<p class="MsoNormal">${escapeHtml(it)}</p>`).join('\n');
  const image = logo
    ? `<p class="MsoNormal"><img width="36" height="36" src="cid:${logo.contentId}" alt="${author.company}"></p>\n`
    : '';
  return `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<style><!--
/* Style Definitions */
p.MsoNormal, li.MsoNormal, div.MsoNormal
	{margin:0cm;
	font-size:11.0pt;
	font-family:"Calibri",sans-serif;}
a:link, span.MsoHyperlink
	{mso-style-priority:99;
	color:#0563C1;
	text-decoration:underline;}
--></style>
</head>
<body lang="EN-GB" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
${body}
<p class="MsoNormal"><b>${escapeHtml(author.name)}</b><br>${escapeHtml(author.title)}<br>${escapeHtml(author.company)} | ${escapeHtml(author.phone)} | <a href="mailto:${author.address}">${author.address}</a></p>
${image}</div>
${quoted ?? ''}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/\n/g, '<br>\n');
}

function asciiOnly(text: string): string {
  return text.normalize('NFD').replace(/[^\x20-\x7e]/g, '');
}
