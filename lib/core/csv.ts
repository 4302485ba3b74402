/**
 * A value as a cell of CSV. Words, which may be somebody else's, never become a formula: not at
 * their beginning, nor after blanks that programs drop, in full width, or behind the other characters
 * that part cells where a program's locale does not part them at commas. Numbers may be negative.
 */
export function csvCell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const oneLine = value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
  const inside = oneLine.replaceAll(/([;|])([\s\u00a0\ufeff]*)([=+\-@＝＋－＠])/g, "$1$2'$3");
  const text = /^[\s\u00a0\ufeff]*[=+\-@＝＋－＠]/.test(inside) ? `'${inside}` : inside;
  return /[",;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
