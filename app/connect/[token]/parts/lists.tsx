import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';

const reading = {
  will: [
    'All mailboxes and their folders',
    'Mail, calendars, contacts, tasks, notes',
    'The list of users, to name the mailboxes',
  ],
  cannot: [
    'Send, change or delete anything',
    'Sign in as anybody, or see passwords',
    'Read files, Teams or SharePoint',
  ],
};

const restoring = {
  will: [
    'Create folders and items in mailboxes, when somebody restores',
    'Read what is there, so that nothing is written twice',
    'List every item it has written',
  ],
  cannot: [
    'Send mail or invitations',
    'Sign in as anybody, or see passwords',
    'Read files, Teams or SharePoint',
  ],
};

/** What an approval allows, and what it does not. */
export function Lists({ restoring: isRestoring }: { restoring: boolean }) {
  const { will, cannot } = isRestoring ? restoring : reading;
  return (
    <div className="grid gap-x-10 gap-y-4 sm:grid-cols-2">
      <List
        title={isRestoring ? 'It will' : 'It will read'}
        icon={isRestoring ? 'check' : 'eye'}
        lines={will}
      />
      <List title="It cannot" icon="x" lines={cannot} />
    </div>
  );
}

function List({ title, icon, lines }: { title: string; icon: IconName; lines: string[] }) {
  return (
    <div>
      <h2 className="mb-2.5 text-base font-semibold">{title}</h2>
      <ul className="space-y-2">
        {lines.map((line) => (
          <li key={line} className="flex gap-2.5 text-ink-2 max-sm:text-[0.9375rem]">
            <Icon name={icon} className="mt-1 size-3.5" />
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
