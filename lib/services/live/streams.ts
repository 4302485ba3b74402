import type { LiveChange, LiveEars } from '#db/listen.ts';
import { endsStream, type LiveViewer, mayHear } from './concerns.ts';

/** One open page that listens. */
export interface LiveStream {
  viewer: LiveViewer;
  tell(change: LiveChange): void;
  state(live: boolean): void;
  /** The browser comes back by itself, and is asked anew who it is. */
  end(): void;
}

/** The open streams of a process, and who of them hears what. */
export class LiveStreams {
  readonly #streams = new Set<LiveStream>();
  readonly #heard = Promise.withResolvers<void>();
  #hears: boolean;

  constructor(hears: boolean) {
    this.#hears = hears;
  }

  /** False while nothing is heard: what the streams say is then not all there is. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Fulfilled when anything can be heard for the first time. */
  get firstHeard(): Promise<void> {
    return this.#heard.promise;
  }

  add(stream: LiveStream): void {
    this.#streams.add(stream);
  }

  remove(stream: LiveStream): void {
    this.#streams.delete(stream);
  }

  of(userId: string): LiveStream[] {
    return [...this.#streams].filter(({ viewer }) => viewer.userId === userId);
  }

  endAll(): void {
    for (const stream of [...this.#streams]) stream.end();
  }

  readonly ears: LiveEars = {
    onChange: (change) => {
      for (const stream of [...this.#streams]) {
        if (endsStream(stream.viewer, change)) stream.end();
        else if (mayHear(stream.viewer, change)) stream.tell(change);
      }
    },
    // Whose rights were taken away meanwhile nobody told, so all are asked anew.
    onGap: () => {
      this.#hears = true;
      this.#heard.resolve();
      this.endAll();
    },
    onDeaf: () => {
      this.#hears = false;
      for (const stream of [...this.#streams]) stream.state(false);
    },
  };
}
