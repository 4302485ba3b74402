import type { Attachment } from 'postal-mime';
import type { InlinePicture } from './sanitize-mail.ts';

const pictureBytesMax = 2 * 1024 * 1024;
/** What all pictures of one message may weigh before the rest stays out. */
const allBytesMax = 6 * 1024 * 1024;

/** Pictures that a message carries, by content id. What they are says their first bytes, not the mail. */
export function inlinePictures(attachments: readonly Attachment[]): InlinePicture {
  const known = new Map<string, Uint8Array>();
  for (const { contentId, content } of attachments) {
    const id = contentId?.replace(/^<|>$/g, '');
    if (!id || typeof content === 'string' || known.has(id)) continue;
    const bytes = new Uint8Array(content as ArrayBuffer);
    if (bytes.length <= pictureBytesMax) known.set(id, bytes);
  }
  let left = allBytesMax;
  return (contentId) => {
    const bytes = known.get(contentId);
    const type = bytes && pictureType(bytes);
    if (!bytes || !type || bytes.length > left) return null;
    left -= bytes.length;
    return `data:${type};base64,${Buffer.from(bytes).toString('base64')}`;
  };
}

/** SVG is not among them: it is a document, with scripts and addresses of its own. */
function pictureType(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (/^GIF8[79]a/.test(head)) return 'image/gif';
  if (/^RIFF.{4}WEBP/s.test(head)) return 'image/webp';
  if (head.startsWith('BM')) return 'image/bmp';
  return null;
}
