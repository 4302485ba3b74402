/** Lets some run at a time, so that what takes long leaves room for everything else. */
export interface Turns {
  /** Runs the task when it is its turn; null, and it never runs, where too many of `who` wait already. */
  take<T>(who: string, task: () => Promise<T>): Promise<T | null>;
}

interface Waiting {
  who: string;
  begin: () => void;
}

/**
 * @param limits at most `all` run at once, at most `each` of one `who`, of whom `waiting` more may wait.
 *   Whoever waits longest is next, unless others of theirs run already as often as they may.
 */
export function createTurns(limits: { all: number; each: number; waiting: number }): Turns {
  const running = new Map<string, number>();
  let all = 0;
  let queue: Waiting[] = [];

  const hasRoom = (who: string) => all < limits.all && (running.get(who) ?? 0) < limits.each;
  const begin = (who: string) => {
    all++;
    running.set(who, (running.get(who) ?? 0) + 1);
  };
  const end = (who: string) => {
    all--;
    const left = running.get(who)! - 1;
    if (left === 0) running.delete(who);
    else running.set(who, left);
    const next = queue.find((one) => hasRoom(one.who));
    if (next === undefined) return;
    queue = queue.filter((one) => one !== next);
    begin(next.who);
    next.begin();
  };

  return {
    async take(who, task) {
      if (hasRoom(who)) begin(who);
      else {
        if (queue.filter((one) => one.who === who).length >= limits.waiting) return null;
        await new Promise<void>((resolve) => {
          queue.push({ who, begin: resolve });
        });
      }
      try {
        return await task();
      } finally {
        end(who);
      }
    },
  };
}
