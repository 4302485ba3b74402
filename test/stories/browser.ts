import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';
import { projectFolder } from '#lib/launch/project.ts';

export const screenshotFolder = join(projectFolder, 'test', 'screenshots');

/**
 * Chromium from `CHROMIUM_PATH`, the system, or the npm package that carries one
 * (`research/machine.md` §2.9); null where none of them is there.
 */
export async function launchBrowser(): Promise<Browser | null> {
  for (const path of [process.env.CHROMIUM_PATH, '/usr/bin/chromium']) {
    if (path && existsSync(path)) return chromium.launch({ executablePath: path });
  }
  try {
    const { default: carried } = await import('@sparticuz/chromium');
    return await chromium.launch({
      executablePath: await carried.executablePath(),
      args: carried.args,
    });
  } catch {
    return null;
  }
}

/** What no page of ours may do; each line is an offence. */
export class Watch {
  readonly offences: string[] = [];
  /** Time that went into pictures, which nobody who uses the portal spends. */
  picturesMs = 0;
  private readonly origin: string;

  constructor(portalUrl: string) {
    this.origin = new URL(portalUrl).origin;
  }

  /** A person with a browser of their own, who is watched. */
  async person(browser: Browser): Promise<Page> {
    return await this.open(browser, { viewport: { width: 1440, height: 900 } });
  }

  /** The same with a phone in their hand: they tap. */
  async phone(browser: Browser): Promise<Page> {
    return await this.open(browser, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      deviceScaleFactor: 1,
    });
  }

  private async open(browser: Browser, device: BrowserContextOptions): Promise<Page> {
    const context = await browser.newContext({
      ...device,
      // The stand-in has a certificate authority of its own.
      ignoreHTTPSErrors: true,
      timezoneId: 'Europe/Vienna',
      locale: 'en-GB',
    });
    this.watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    // People read what they see: a page that is renewed while it still streams leaves hidden copies.
    const byText = page.getByText.bind(page);
    page.getByText = (text, options) => byText(text, options).filter({ visible: true });
    return page;
  }

  private watch(context: BrowserContext): void {
    context.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      const local = hostname === 'localhost' || hostname === '127.0.0.1';
      if (!local && protocol !== 'data:' && protocol !== 'blob:') {
        this.offences.push(`a request left this machine: ${request.url()}`);
      }
    });
    context.on('response', (response) => {
      if (response.url().startsWith(this.origin) && response.status() >= 500) {
        this.offences.push(`${response.status()} from ${new URL(response.url()).pathname}`);
      }
    });
    context.on('console', (message) => {
      const here = message.page()?.url().startsWith(this.origin) ?? false;
      // A broken content security policy is told on the console as an error.
      if (here && (message.type() === 'error' || message.type() === 'warning')) {
        const at = URL.canParse(message.location().url)
          ? new URL(message.location().url).pathname
          : '';
        // Chromium asks for it where the head of a page arrives late; the icon is named there.
        if (at === '/favicon.ico') return;
        this.offences.push(`console: ${message.text().slice(0, 300)} ${at}`);
      }
    });
    context.on('weberror', (error) => {
      if (error.page()?.url().startsWith(this.origin)) {
        this.offences.push(`script error: ${error.error().message.slice(0, 300)}`);
      }
    });
  }

  private async measure(page: Page, what: string): Promise<void> {
    const { past, farthest } = await page.evaluate(() => {
      const edge = document.documentElement.clientWidth;
      const past = document.documentElement.scrollWidth - edge;
      if (past <= 0) return { past, farthest: '' };
      const beyond = [...document.querySelectorAll('body *')].filter(
        (element) => element.getBoundingClientRect().right > edge,
      );
      const name = (element: Element) =>
        `${element.localName} ${element.textContent?.trim().slice(0, 30)}`;
      return { past, farthest: beyond.slice(-3).map(name).join(' | ') };
    });
    if (past > 0) this.offences.push(`${what} reaches ${past} px past the edge: ${farthest}`);
  }

  /** The page in both themes and as a phone; nothing may reach past the edge of any, or of a small phone. */
  async shoot(page: Page, name: string): Promise<void> {
    const start = performance.now();
    mkdirSync(screenshotFolder, { recursive: true });
    const size = page.viewportSize() ?? { width: 1440, height: 900 };
    for (const look of ['light', 'dark', 'phone'] as const) {
      await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
      if (look === 'phone') await page.setViewportSize({ width: 390, height: 844 });
      const path = join(screenshotFolder, `${name}-${look}.png`);
      await page.screenshot({ path, animations: 'disabled' });
      await this.measure(page, `${name} (${look})`);
    }
    await page.setViewportSize({ width: 320, height: 700 });
    await this.measure(page, `${name} (320 px)`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(size);
    this.picturesMs += performance.now() - start;
  }
}
