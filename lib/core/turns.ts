/** Lets some run at a time, so that what takes long leaves room for everything else. */
export interface Turns {
  /** Runs the task when it is its turn; null, and it never runs, where too many of `who.one` wait already. */
  take<T>(who: Asker, task: () => Promise<T>): Promise<T | null>;
}

/** Who asks, and the group they are of: a group with many who ask comes to its turn no more often. */
export interface Asker {
  one: string;
  group: string;
}

interface Waiting {
  who: Asker;
  begin: () => void;
}

/**
 * @param limits at most `all` run at once, at most `each` of one who asks, of whom `waiting` more may
 *   wait. Next is of the group that has the fewest running, and there whoever waits longest, unless
 *   others of theirs run already as often as they may.
 */
export function createTurns(limits: { all: number; each: number; waiting: number }): Turns {
  const running = new Map<string, number>();
  const runningOf = new Map<string, number>();
  let all = 0;
  let queue: Waiting[] = [];

  const hasRoom = ({ one }: Asker) => all < limits.all && (running.get(one) ?? 0) < limits.each;
  const begin = ({ one, group }: Asker) => {
    all++;
    add(running, one, 1);
    add(runningOf, group, 1);
  };
  const end = ({ one, group }: Asker) => {
    all--;
    add(running, one, -1);
    add(runningOf, group, -1);
    const ready = queue.filter(({ who }) => hasRoom(who));
    const fewest = Math.min(...ready.map(({ who }) => runningOf.get(who.group) ?? 0));
    const next = ready.find(({ who }) => (runningOf.get(who.group) ?? 0) === fewest);
    if (next === undefined) return;
    queue = queue.filter((other) => other !== next);
    begin(next.who);
    next.begin();
  };

  return {
    async take(who, task) {
      if (hasRoom(who)) begin(who);
      else {
        const mine = queue.filter((other) => other.who.one === who.one);
        if (mine.length >= limits.waiting) return null;
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

function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const count = (counts.get(name) ?? 0) + by;
  if (count === 0) counts.delete(name);
  else counts.set(name, count);
}
