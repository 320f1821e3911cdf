import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.js';

/** A phone held upright, with fingers. */
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no Chromium.');
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
  });
}

/** A page of a sample in a browser context of its own, as if it were on another machine. */
export class SamplePage {
  readonly page: Page;
  /** What the page complained of: thrown errors, refused by the policy, failed to load. */
  readonly complaints: string[] = [];

  protected constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<SamplePage> {
    const page = new SamplePage(await (await browser.newContext(options)).newPage());
    await page.page.goto(url);
    return page;
  }

  /** Whether the page is wider than its window, so that it can be pushed sideways. */
  overflows(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
