/** What an item is, as far as Holdfast tells items apart. Everything else is `other` and is kept all the same. */
export const itemKinds = ['message', 'event', 'contact', 'task', 'note', 'other'] as const;
export type ItemKind = (typeof itemKinds)[number];

/**
 * The kind that a message class stands for. Classes are inherited by prefix: `IPM.Note.SMIME` is an
 * `IPM.Note`. Meeting requests and delivery reports are mail to Exchange (research/graph.md §2.6).
 */
export function kindOfClass(itemClass: string): ItemKind {
  const name = itemClass.toLowerCase();
  const is = (prefix: string) => name === prefix || name.startsWith(`${prefix}.`);
  if (is('ipm.note') || is('ipm.schedule.meeting') || is('report') || is('ipm.post'))
    return 'message';
  if (is('ipm.appointment')) return 'event';
  if (is('ipm.contact')) return 'contact';
  if (is('ipm.task')) return 'task';
  if (is('ipm.stickynote')) return 'note';
  return 'other';
}

/** The folder class that Exchange wants for a folder which holds items of this kind. */
export function folderTypeOfKind(kind: ItemKind): string {
  switch (kind) {
    case 'event':
      return 'IPF.Appointment';
    case 'contact':
      return 'IPF.Contact';
    case 'task':
      return 'IPF.Task';
    case 'note':
      return 'IPF.StickyNote';
    default:
      return 'IPF.Note';
  }
}
