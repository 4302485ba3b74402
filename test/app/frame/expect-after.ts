import type { Locator } from 'playwright-core';

/** Does it again until that is seen: of a page that was only just drawn, nobody listens yet. */
export async function expectAfter(seen: Locator, act: () => Promise<void>): Promise<void> {
  for (let tries = 0; ; tries++) {
    await act();
    const patience = tries < 10 ? { timeout: 2_000 } : {};
    try {
      return await seen.waitFor(patience);
    } catch (err) {
      if (tries === 10) throw err;
    }
  }
}
