'use client';

import Link from 'next/link';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { mailTexts } from '#app/_texts/mail.ts';
import { Icon } from '#app/_ui/icon.tsx';
import type { IconName } from '#app/_ui/icon-shapes.ts';
import { formatCount } from '#lib/core/bytes.ts';
import type { PlacedFolder } from './folders.ts';

const icons: Record<string, IconName> = {
  inbox: 'inbox',
  drafts: 'file',
  sentitems: 'send',
  archive: 'archive',
  deleteditems: 'trash',
  recoverableitemsdeletions: 'lifeBuoy',
  calendar: 'calendar',
  contacts: 'users',
  tasks: 'tasks',
  notes: 'note',
};

/** Letters that follow each other faster than this are one beginning of a name. */
const typingMs = 700;

/** Another folder is another page; whoever opened it stays in the tree. */
let opening = false;

/** Folders as a tree: arrows move, open and close, Home and End jump, letters find, Enter opens. */
export function FolderTree({
  folders,
  current,
  hrefs,
}: {
  folders: PlacedFolder[];
  current: string | null;
  hrefs: Record<string, string>;
}) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState(current ?? folders[0]?.id ?? null);
  const tree = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  useEffect(() => {
    if (opening) tree.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
    opening = false;
  }, []);

  const visible: PlacedFolder[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const folder of folders) {
    if (folder.level > hiddenBelow) continue;
    hiddenBelow = closed.has(folder.id) ? folder.level : Number.POSITIVE_INFINITY;
    visible.push(folder);
  }
  const stop = visible.some((folder) => folder.id === focused) ? focused : visible[0]?.id;

  const toggle = (id: string, open: boolean) => {
    const next = new Set(closed);
    if (open) next.delete(id);
    else next.add(id);
    setClosed(next);
  };
  const focus = (folder: PlacedFolder | undefined) => {
    if (folder === undefined) return;
    setFocused(folder.id);
    tree.current?.querySelector<HTMLElement>(`[data-folder="${CSS.escape(folder.id)}"]`)?.focus();
  };
  /** The next folder whose name begins with what was typed, from the one after and round again. */
  const typedAhead = (key: string, index: number) => {
    const now = performance.now();
    const goesOn = now - typed.current.at < typingMs && typed.current.text !== '';
    const text = (goesOn ? typed.current.text : '') + key.toLocaleLowerCase();
    typed.current = { text, at: now };
    const from = goesOn ? index : index + 1;
    return [...visible.slice(from), ...visible.slice(0, from)].find((folder) =>
      folder.name.toLocaleLowerCase().startsWith(text),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = visible.findIndex((folder) => folder.id === stop);
    const folder = visible[index];
    if (folder === undefined) return;
    const isOpen = folder.hasChildren && !closed.has(folder.id);
    switch (event.key) {
      case 'ArrowDown':
        focus(visible[index + 1]);
        break;
      case 'ArrowUp':
        focus(visible[index - 1]);
        break;
      case 'Home':
        focus(visible[0]);
        break;
      case 'End':
        focus(visible.at(-1));
        break;
      case 'ArrowRight':
        if (folder.hasChildren && !isOpen) toggle(folder.id, true);
        else if (isOpen) focus(visible[index + 1]);
        break;
      case 'ArrowLeft':
        if (isOpen) toggle(folder.id, false);
        else focus(visible.slice(0, index).findLast((one) => one.level === folder.level - 1));
        break;
      default: {
        if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
        focus(typedAhead(event.key, index));
        break;
      }
    }
    event.preventDefault();
  };

  return (
    <div
      ref={tree}
      role="tree"
      aria-label={mailTexts.folders.label}
      onKeyDown={onKeyDown}
      className="space-y-px text-sm"
    >
      {visible.map((folder) => {
        const selected = folder.id === current;
        const isOpen = folder.hasChildren && !closed.has(folder.id);
        return (
          <div key={folder.id} role="none" className="relative">
            <Link
              href={hrefs[folder.id]!}
              prefetch={false}
              role="treeitem"
              data-folder={folder.id}
              aria-level={folder.level}
              aria-selected={selected}
              aria-expanded={folder.hasChildren ? isOpen : undefined}
              tabIndex={folder.id === stop ? 0 : -1}
              onFocus={() => setFocused(folder.id)}
              onClick={() => {
                opening = true;
              }}
              className={`flex h-row items-center gap-2.5 rounded-md pr-2 ${indents[Math.min(folder.level, indents.length) - 1]} ${selected ? 'bg-selected font-semibold' : 'hover:bg-hover'}`}
            >
              <Icon
                name={icons[folder.wellKnown ?? ''] ?? 'folder'}
                className="size-4 text-ink-2"
              />
              <span title={folder.name} className="min-w-0 flex-1 truncate">
                {folder.name}
              </span>
              {folder.gone ? (
                <span className="text-xs font-normal text-late-ink">{mailTexts.folders.gone}</span>
              ) : null}
              <span className="font-normal text-ink-2">{formatCount(folder.itemCount)}</span>
            </Link>
            {folder.hasChildren ? (
              <button
                type="button"
                tabIndex={-1}
                aria-hidden
                onClick={() => toggle(folder.id, !isOpen)}
                className={`absolute top-1 flex size-6 items-center justify-center text-ink-2 ${toggles[Math.min(folder.level, toggles.length) - 1]}`}
              >
                <Icon name={isOpen ? 'chevronDown' : 'chevronRight'} className="size-3.5" />
              </button>
            ) : null}
          </div>
        );
      })}
    </div>
  );
}

const indents = ['pl-7.5', 'pl-12', 'pl-16', 'pl-20', 'pl-24'];
const toggles = ['left-0.5', 'left-5', 'left-9', 'left-13', 'left-17'];
