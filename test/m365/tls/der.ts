/** As much of DER (X.690) as a certificate needs: values in, bytes out. */

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256);
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length, ...size]), content]);
}

export const sequence = (...members: Buffer[]) => tagged(0x30, Buffer.concat(members));
export const set = (...members: Buffer[]) => tagged(0x31, Buffer.concat(members));
export const octets = (content: Buffer) => tagged(0x04, content);
export const bits = (content: Buffer) => tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
export const flag = (value: boolean) => tagged(0x01, Buffer.from([value ? 0xff : 0]));
export const text = (value: string) => tagged(0x0c, Buffer.from(value, 'utf8'));
/** A member with a context-specific tag; `constructed` where it wraps a whole DER value. */
export const context = (number: number, content: Buffer, constructed: boolean) =>
  tagged((constructed ? 0xa0 : 0x80) | number, content);

export function integer(value: number | Buffer): Buffer {
  const bytes = typeof value === 'number' ? Buffer.from([value]) : value;
  return tagged(0x02, bytes[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

/** @param dotted such as `2.5.4.3` */
export function objectId(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    bytes.push(...groups);
  }
  return tagged(0x06, Buffer.from(bytes));
}

/** GeneralizedTime; whole seconds in UTC. */
export function time(moment: Date): Buffer {
  const digits = `${moment.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
  return tagged(0x18, Buffer.from(digits, 'ascii'));
}
