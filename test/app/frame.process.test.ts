import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launchBrowser } from '#test/stories/browser.ts';
import { Frame, OwnersBrowser } from './frame/frame.ts';
import { headers } from './frame/headers.ts';
import { keyboard } from './frame/keyboard.ts';
import { livePage } from './frame/live-page.ts';
import { liveStream } from './frame/live-stream.ts';
import { looks } from './frame/looks.ts';
import { mutations } from './frame/mutations.ts';
import { palette } from './frame/palette.ts';

/**
 * The frame around every page against the whole product: what headers close, where mutations may come
 * from, who hears of changes and for how long, and the portal without a mouse. A part each, in one
 * house, since that takes longest to stand.
 */

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write(
    'NO BROWSER: the keyboard was not tried. Name a Chromium in CHROMIUM_PATH.\n',
  );
}

describe('the frame', () => {
  const frame = new Frame();

  before(() => frame.start());
  after(async () => {
    await browser?.close();
    await frame.stop();
  });

  headers(frame);
  mutations(frame);
  palette(frame);
  liveStream(frame);

  describe('in a browser', { skip: browser === null }, () => {
    const owner = new OwnersBrowser(frame, browser!);

    before(() => owner.open());
    after(() => owner.close());

    livePage(owner);
    keyboard(owner);
    looks(owner);

    it('broke no rule of the watch', () => {
      assert.deepEqual(
        owner.watch.offences.filter((line) => !line.includes('404 (Not Found)')),
        [],
      );
    });
  });
});
