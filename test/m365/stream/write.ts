import { decodeText } from '../mime/headers.ts';
import { contentOf, isAttachment, leavesOf, parseParts, textOf } from '../mime/parts.ts';
import type { ContentRef, ContentStore } from '../store/content.ts';
import type { MailFacts, Segment, StoredItem } from '../store/item.ts';
import {
  type AssemblyStep,
  encodeAssembly,
  encodeBytes,
  encodeHead,
  encodeNumber,
  encodeTag,
  encodeText,
  encodeTime,
  marker,
  property,
  streamVersion,
  textBytes,
} from './format.ts';

/** Text longer than this is not decoded into properties of its own. */
const bodyBytesMax = 4 * 1024 * 1024;

/**
 * The export stream of an item, piece by piece. It says nothing of ids and change keys, so the copy
 * that an import makes exports to the same bytes.
 */
export async function* writeStream(
  item: StoredItem,
  content: ContentStore,
): AsyncGenerator<Buffer> {
  yield Buffer.concat([
    encodeTag(streamVersion),
    encodeTag(marker.startMessage),
    ...commonProperties(item),
  ]);
  if (item.mail) yield* writeMail(item.mail, content);
  if (item.resource) {
    yield encodeBytes(property.resource, Buffer.from(JSON.stringify(item.resource)));
  }
  yield encodeTag(marker.endMessage);
}

function commonProperties(item: StoredItem): Buffer[] {
  const list = [
    encodeText(property.itemClass, item.itemClass),
    encodeNumber(property.importance, { low: 0, normal: 1, high: 2 }[item.importance]),
    encodeNumber(property.messageFlags, item.flags),
    encodeNumber(property.flagStatus, { notFlagged: 0, complete: 1, flagged: 2 }[item.followUp]),
    encodeTime(property.creationTime, item.created),
    encodeTime(property.deliveryTime, item.received),
  ];
  for (const category of item.categories) list.push(encodeText(property.categories, category));
  for (const [id, value] of Object.entries(item.extended)) {
    list.push(encodeText(property.extended, `${id}\0${value}`));
  }
  return list;
}

async function* writeMail(
  mail: { facts: MailFacts; content: ContentRef; segments: Segment[] },
  content: ContentStore,
): AsyncGenerator<Buffer> {
  const { facts, segments } = mail;
  const html = segments.find((segment) => segment.coding === 'plain');
  const attachments = segments.filter((segment) => segment.coding === 'base64');
  const steps = assemblyOf(mail, html, attachments);

  yield Buffer.concat([
    encodeText(property.subject, facts.subject),
    encodeText(property.senderName, facts.from?.name ?? ''),
    encodeText(property.senderAddress, facts.from?.address ?? ''),
    encodeText(property.displayTo, facts.to.map((it) => it.name || it.address).join('; ')),
    encodeText(property.internetMessageId, facts.messageId ?? ''),
    ...(facts.sent ? [encodeTime(property.submitTime, facts.sent)] : []),
    encodeBytes(property.transportHeaders, await content.read(mail.content, 0, facts.headerBytes)),
  ]);
  if (mail.content.bytes <= bodyBytesMax) {
    yield* writeBodies(await content.read(mail.content), html !== undefined);
  }
  if (html) {
    yield encodeHead(property.html, html.bytes);
    yield* content.stream(mail.content, html.start, html.end);
  }
  for (const attachment of attachments) {
    yield Buffer.concat([
      encodeTag(marker.newAttach),
      encodeText(property.attachName, attachment.name),
      encodeText(property.attachType, attachment.contentType),
      encodeHead(property.attachData, attachment.bytes),
    ]);
    yield* decodeSegment(content, mail.content, attachment);
    yield encodeTag(marker.endAttach);
  }
  const literalBytes = steps.reduce((sum, it) => sum + (it.from === 'literal' ? it.bytes : 0), 0);
  yield encodeHead(property.literals, literalBytes);
  let at = 0;
  for (const step of steps) {
    const bytes = textBytes(step);
    if (step.from === 'literal') yield* content.stream(mail.content, at, at + bytes);
    at += bytes;
  }
  yield encodeBytes(property.assembly, encodeAssembly(steps));
}

/** Header block, then text and segments in turn, over the whole message. */
function assemblyOf(
  mail: { facts: MailFacts; content: ContentRef },
  html: Segment | undefined,
  attachments: Segment[],
): AssemblyStep[] {
  const { headerBytes } = mail.facts;
  const steps: AssemblyStep[] = [{ from: 'headers', bytes: headerBytes }];
  let at = headerBytes;
  const literalUpTo = (end: number) => {
    if (end > at) steps.push({ from: 'literal', bytes: end - at });
    at = end;
  };
  const segments = [...(html ? [html] : []), ...attachments].sort((a, b) => a.start - b.start);
  for (const segment of segments) {
    literalUpTo(segment.start);
    if (segment.coding === 'plain') steps.push({ from: 'html', bytes: segment.bytes });
    else {
      const { bytes, line, lineEnd } = segment;
      steps.push({ from: 'attachment', bytes, line, lineEnd });
    }
    at = segment.end;
  }
  literalUpTo(mail.content.bytes);
  return steps;
}

/** The bodies as Exchange keeps them: text in UTF-16, HTML decoded. */
function* writeBodies(message: Buffer, htmlFollows: boolean): Generator<Buffer> {
  const leaves = [...leavesOf(parseParts(message))].filter((part) => !isAttachment(part));
  const text = leaves.find((part) => part.contentType === 'text/plain');
  if (text) yield encodeText(property.body, textOf(message, text));
  const html = leaves.find((part) => part.contentType === 'text/html');
  if (!html || htmlFollows) return;
  const bytes = contentOf(message, html);
  const charset = html.parameters.get('charset') ?? 'utf-8';
  yield encodeText(property.body, decodeText(bytes, charset) ?? bytes.toString('latin1'));
}

async function* decodeSegment(
  content: ContentStore,
  ref: ContentRef,
  segment: Segment,
): AsyncGenerator<Buffer> {
  let carry = '';
  for await (const chunk of content.stream(ref, segment.start, segment.end)) {
    const text = carry + chunk.toString('latin1').replace(/[\r\n]+/g, '');
    const whole = text.length - (text.length % 4);
    carry = text.slice(whole);
    yield Buffer.from(text.slice(0, whole), 'base64');
  }
  if (carry) yield Buffer.from(carry, 'base64');
}
