import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { mapLimited } from '#lib/core/concurrency.ts';
import { projectFolder } from '#lib/launch/project.ts';
import { type FurnishedHouse, startFurnishedHouse } from '#test/kit/furnished-house.ts';
import { wear } from '#test/kit/session.ts';
import { launchBrowser, Watch } from '#test/stories/browser.ts';
import { pagePatterns, type Visit, visitsOf } from './visits.ts';

/**
 * What holds for every page there is: axe finds nothing in either theme, wide or as a phone; nothing
 * reaches past the edge; the scripts of a first load stay small; nothing private is kept by a browser;
 * what stands does not move while the rest of the page arrives.
 */

/** Of a page with one paragraph and nothing else; measured with these versions, gzip as served. */
const bareNext = { next: '16.4.6', react: '19.3.1', bytes: 134_904 };
const budgetBytes = 40 * 1024;

/** Of the height and width of the window, added up: so much may move ("good" of the Web Vitals). */
const shiftMax = 0.1;

const browser = await launchBrowser();
if (browser === null) {
  process.stderr.write('NO BROWSER: pages were not examined. Name a Chromium in CHROMIUM_PATH.\n');
}
const people = [
  'owner',
  'auditor',
  'billing',
  'newcomer',
  'administrator',
  'mailbox-owner',
  'nobody',
] as const;
const only = process.env.PAGES?.split(',');

describe('every page', { skip: browser === null }, () => {
  const chromium = browser as Browser;
  let it_: FurnishedHouse;
  let watch: Watch;
  const contexts = new Map<Visit['as'], BrowserContext>();
  const patterns = pagePatterns().filter((pattern) => only?.includes(pattern) ?? true);

  before(async () => {
    it_ = await startFurnishedHouse();
    watch = new Watch(it_.house.portalUrl);
    for (const who of people) {
      const page = await watch.person(chromium);
      contexts.set(who, page.context());
      if (who !== 'nobody') await wear(page.context(), it_.house.portalUrl, it_.sessions[who]);
      await page.close();
    }
  });

  after(async () => {
    await chromium?.close();
    await it_?.stop();
  });

  it('is in the list of visits', () => {
    const { facts } = it_;
    assert.deepEqual(
      patterns.filter((pattern) => visitsOf(pattern, facts).length === 0),
      [],
      'say in test/app/visits.ts how these pages are reached',
    );
  });

  /** One visit shows all of it. A page that fails does not keep the next from being seen. */
  const seen = {
    wrong: [] as string[],
    found: [] as string[],
    sizes: new Map<string, number>(),
    shifts: new Map<string, { sum: number; what: string }>(),
  };

  before(async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const all = patterns.flatMap((pattern) =>
      visitsOf(pattern, it_.facts).map((visit) => ({
        visit,
        name: `${pattern}${visit.state ? ` (${visit.state})` : ''}`,
      })),
    );
    await mapLimited(all, 3, async ({ visit, name }) => {
      const page = await contexts.get(visit.as)!.newPage();
      page.setDefaultTimeout(60_000);
      try {
        const scripts = new Set<string>();
        page.on('request', (request) => {
          if (request.resourceType() === 'script') scripts.add(request.url());
        });
        await page.addInitScript(watchShifts);
        const answer = await page.goto(it_.house.portalUrl + visit.path, { waitUntil: 'load' });
        assert.equal(answer!.status(), visit.status ?? 200);
        const there = (visit.leadsTo ?? visit.path).split('?')[0];
        // A page that has begun to load leads on from the browser.
        if (visit.leadsTo) await page.waitForURL(({ pathname }) => pathname === there);
        assert.equal(new URL(page.url()).pathname, there, 'it led away');
        let bytes = 0;
        for (const url of scripts) bytes += await sizeOf(url);
        assert.ok(bytes > 0, 'no script was seen');
        // A page that refused while it was written is drawn by the browser, from its first line on.
        await page.locator('main h1').filter({ visible: true }).first().waitFor();
        seen.sizes.set(name, bytes - bareNext.bytes);
        seen.shifts.set(name, await page.evaluate(shiftsOf));
        await page.evaluate(axe);
        seen.found.push(...(await examineAll(page)).map((line) => `${name}, ${line}`));
      } catch (err) {
        seen.wrong.push(`${name}: ${(err as Error).message.split('\n').slice(0, 4).join(' ')}`);
      } finally {
        await page.close();
      }
    });
  });

  it('opens, and breaks no rule of the watch', () => {
    assert.deepEqual(seen.wrong.sort(), []);
    // A page that is not there is an error of the browser's console, and meant.
    const offences = watch.offences.filter((line) => !line.includes('404 (Not Found)'));
    assert.deepEqual(offences, []);
  });

  it('is clean for axe in light and dark, wide and as a phone, and fits', () => {
    assert.deepEqual(seen.found.sort(), []);
  });

  it('holds still while it loads', (t) => {
    const shifts = [...seen.shifts].sort(([, a], [, b]) => b.sum - a.sum);
    const row = (name: string, sum: number, what: string) => `${sum.toFixed(3)}  ${name}  ${what}`;
    t.diagnostic('the most that moved while a page loaded, added up:');
    for (const [name, { sum, what }] of shifts.slice(0, 12)) t.diagnostic(row(name, sum, what));
    assert.deepEqual(
      shifts
        .filter(([, { sum }]) => sum > shiftMax)
        .map(([name, { sum, what }]) => row(name, sum, what)),
      [],
    );
  });

  it('loads at most 40 KiB of script beyond a bare page', (t) => {
    const { dependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
    assert.deepEqual(
      { next: dependencies.next, react: dependencies.react },
      { next: bareNext.next, react: bareNext.react },
      'another Next or React: measure a bare page again',
    );
    const row = (name: string, bytes: number) =>
      `${(bytes / 1024).toFixed(1).padStart(6)} KiB  ${name}`;
    t.diagnostic('scripts of a first load beyond bare Next, gzip as served:');
    const sizes = [...seen.sizes].sort(([, a], [, b]) => b - a);
    for (const [name, bytes] of sizes) t.diagnostic(row(name, bytes));
    assert.deepEqual(
      sizes.filter(([, bytes]) => bytes > budgetBytes).map(([name, bytes]) => row(name, bytes)),
      [],
    );
  });
});

type Shift = PerformanceEntry & {
  value: number;
  sources: { node: Node | null }[];
};
type Shifting = typeof globalThis & { shifts?: PerformanceObserver; seenShifts?: Shift[] };

/** In the page, before anything of it. */
function watchShifts(): void {
  const page = globalThis as Shifting;
  const kept: Shift[] = [];
  page.seenShifts = kept;
  page.shifts = new PerformanceObserver((list) => kept.push(...(list.getEntries() as Shift[])));
  page.shifts.observe({ type: 'layout-shift', buffered: true });
}

/** In the page: how much of it moved, and what moved most. */
function shiftsOf(): { sum: number; what: string } {
  const page = globalThis as Shifting;
  const all = [...page.seenShifts!, ...(page.shifts!.takeRecords() as Shift[])];
  const worst = all.toSorted((a, b) => b.value - a.value)[0];
  const node = worst?.sources[0]?.node;
  const what = node instanceof Element ? `${node.localName}.${node.className}` : '';
  return { sum: all.reduce((total, { value }) => total + value, 0), what: what.slice(0, 80) };
}

const known = new Map<string, Promise<number>>();

function sizeOf(url: string): Promise<number> {
  const size = known.get(url) ?? gzipBytes(url);
  known.set(url, size);
  return size;
}

async function examineAll(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const [look, width, height] of [
    ['wide', 1440, 900],
    ['phone', 390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      // A page in the background plays nothing, so nothing is waited for.
      await page.evaluate(() => {
        for (const motion of document.getAnimations()) {
          if (motion.effect?.getComputedTiming().iterations !== Infinity) motion.finish();
        }
      });
      for (const line of await examine(page, theme === 'dark')) {
        found.push(`${look} ${theme}: ${line}`);
      }
    }
  }
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 700 });
    const past = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (past > 0) found.push(`reaches ${past} px past the edge at ${width} px`);
  }
  return found;
}

/** @param coloursOnly another theme changes colours and nothing else */
async function examine(page: Page, coloursOnly: boolean): Promise<string[]> {
  const results = (await page.evaluate((few) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    return axe.run(document, {
      resultTypes: ['violations'],
      iframes: false,
      ...(few
        ? { runOnly: ['color-contrast', 'link-in-text-block'] }
        : { rules: { 'target-size': { enabled: true } } }),
    });
  }, coloursOnly)) as AxeResults;
  return results.violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}): ${nodes
        .slice(0, 3)
        .map((node) => node.html.slice(0, 160))
        .join(' | ')}${nodes.length > 3 ? ` and ${nodes.length - 3} more` : ''}`,
  );
}

async function gzipBytes(url: string): Promise<number> {
  // `fetch` unpacks; what counts is what went over the wire.
  const { get } = await import('node:http');
  return await new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (res) => {
      let bytes = 0;
      res.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      res.on('end', () => resolve(bytes));
      res.on('error', reject);
    }).on('error', reject);
  });
}
