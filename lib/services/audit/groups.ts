/** What people look for in the log; every action is in exactly one. */
export const auditGroups = {
  content: ['item', 'search', 'preview', 'folder', 'attachment'],
  restores: ['restore', 'export'],
  backups: ['run', 'mailbox', 'policy'],
  customers: ['customer', 'connect', 'connect-link', 'incident', 'self-service'],
  people: ['msp', 'member', 'invitation', 'person', 'session', 'key'],
  billing: ['billing', 'usage'],
  log: ['audit'],
} as const;
export type AuditGroup = keyof typeof auditGroups;

export const auditGroupNames = Object.keys(auditGroups) as AuditGroup[];

export function groupOf(action: string): AuditGroup | null {
  const entity = action.split('.')[0] ?? '';
  const found = auditGroupNames.find((name) =>
    (auditGroups[name] as readonly string[]).includes(entity),
  );
  return found ?? null;
}
