import { TimeIn } from '#app/_ui/time.tsx';

/** What an incident says below its title, with the moment up to which all is safe in its place. */
export function IncidentBody({ text, safeUntil }: { text: string; safeUntil: Date | null }) {
  return safeUntil === null ? text : <TimeIn say={() => text} at={safeUntil} as="short" />;
}
