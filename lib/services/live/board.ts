import type { LiveChange, LiveEars, LiveListener, LiveTopic } from '#db/listen.ts';

/** Somebody who waits for one thing to change. */
export interface Watch {
  /** True while a change would be told. */
  readonly hearing: boolean;
  /** Resolves when it has changed since the last call, or may have, and after so long at the latest. */
  next(waitMs: number): Promise<void>;
  end(): void;
}

/** Where verbs learn that something has changed, instead of asking for it over and over. */
export interface Changes {
  watch(topic: LiveTopic, id: string): Watch;
}

/** Hands on what one listening connection hears, which opens with the first who wants to hear. */
export class ChangeBoard implements Changes {
  readonly #open: (ears: LiveEars) => LiveListener;
  readonly #ears = new Set<LiveEars>();
  readonly #watches = new Map<string, Set<() => void>>();
  #listener: LiveListener | undefined;
  #hearing = false;

  constructor(open: (ears: LiveEars) => LiveListener) {
    this.#open = open;
  }

  get hearing(): boolean {
    return this.#hearing;
  }

  /** Every change from now on. */
  subscribe(ears: LiveEars): void {
    this.#ears.add(ears);
    this.#listen();
  }

  watch(topic: LiveTopic, id: string): Watch {
    this.#listen();
    const key = keyOf(topic, id);
    let changed = false;
    let wake: (() => void) | undefined;
    const tell = () => {
      changed = true;
      wake?.();
    };
    const others = this.#watches.get(key) ?? new Set();
    this.#watches.set(key, others.add(tell));
    const board = this;
    return {
      get hearing() {
        return board.#hearing;
      },
      async next(waitMs) {
        if (!changed) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, waitMs);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
          wake = undefined;
        }
        changed = false;
      },
      end: () => {
        others.delete(tell);
        if (others.size === 0) this.#watches.delete(key);
      },
    };
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }

  #listen(): void {
    this.#listener ??= this.#open({
      onChange: (change) => this.#tell(change),
      onGap: () => this.#turn(true),
      onDeaf: () => this.#turn(false),
    });
  }

  #tell(change: LiveChange): void {
    for (const ears of this.#ears) ears.onChange(change);
    for (const tell of this.#watches.get(keyOf(change.topic, change.id)) ?? []) tell();
  }

  #turn(hearing: boolean): void {
    this.#hearing = hearing;
    for (const ears of this.#ears) hearing ? ears.onGap() : ears.onDeaf();
    // What happened meanwhile nobody told.
    for (const watches of this.#watches.values()) for (const tell of watches) tell();
  }
}

const keyOf = (topic: LiveTopic, id: string) => `${topic} ${id}`;
