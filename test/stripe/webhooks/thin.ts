/** An event of the second generation: a notification tells of it, its data is fetched. */
export interface ThinEvent {
  id: string;
  object: 'v2.core.event';
  type: string;
  created: string;
  livemode: false;
  reason: null;
  related_object: { id: string; type: string; url: string } | null;
  data: Record<string, unknown>;
}

/** What a destination is sent of it. */
export function notificationOf({ data: _, ...told }: ThinEvent): Omit<ThinEvent, 'data'> {
  return told;
}
