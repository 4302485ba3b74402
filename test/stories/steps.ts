import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Watch } from './browser.ts';

interface Scene {
  watch: Watch;
  /** Whose pages are kept as pictures where a step fails, by the names they get. */
  pages: Record<string, Page>;
  /** What counts as an offence; all that the watch saw, where absent. */
  offences?: string[];
}

/**
 * The steps of a story. Each stands on the one before it: after one that failed, or in which a page
 * did what no page may, the rest is skipped.
 */
export function storySteps(
  scene: () => Scene,
): (name: string, act: () => Promise<void>) => Promise<void> {
  let failed = false;
  return (name, act) =>
    it(name, async (t) => {
      if (failed) return t.skip('a step before this one failed');
      try {
        await act();
        const { watch, offences = watch.offences } = scene();
        assert.deepEqual(offences, []);
      } catch (err) {
        failed = true;
        const { watch, pages } = scene();
        for (const [who, page] of Object.entries(pages)) {
          await watch.shoot(page, `failure-${who}`).catch(() => {});
        }
        throw err;
      }
    });
}
