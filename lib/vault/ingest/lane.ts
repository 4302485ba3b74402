const piecesInFlight = 2;

/** How much of one long item may be on its way to a thread; the rest waits at its source. */
export class Lane {
  private room = piecesInFlight;
  private wake: () => void = () => {};
  private readonly held: () => boolean;

  /** @param held true while the target does not keep up; `nudge` makes the lane look again */
  constructor(held: () => boolean) {
    this.held = held;
  }

  /** Waits until one more piece may go. */
  async take(): Promise<void> {
    while (this.room === 0 || this.held()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.room--;
  }

  giveBack(): void {
    this.room++;
    this.wake();
  }

  nudge(): void {
    this.wake();
  }
}
