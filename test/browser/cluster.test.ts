import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { ClusterProgram } from '../samples/cluster-program.js';
import { findChromium } from './chromium.js';
import { launch, PHONE, SamplePage } from './sample-page.js';

const CARDS = 4;

/** The worker of each card, once all are connected. */
async function workersOf(page: Page): Promise<number[]> {
  await page.waitForFunction((cards) => document.querySelectorAll('button:enabled').length === cards, CARDS);
  const titles = await page.locator('h2').allTextContents();
  return titles.map((title) => Number(/^Worker (\d+)$/.exec(title)?.[1]));
}

async function say(page: Page, card: number, text: string): Promise<void> {
  await page.locator('input').nth(card).fill(text);
  await page.locator('button').nth(card).click();
}

describe('The page of the cluster', function () {
  this.timeout(60_000);
  let browser: Browser;
  let program: ClusterProgram;
  let url: string;

  before(async function () {
    if (findChromium() === undefined) return this.skip();
    browser = await launch();
  });

  after(() => browser?.close());

  beforeEach(async () => {
    program = new ClusterProgram({ WORKERS: '3' });
    ({ url } = await program.ready(3));
  });

  afterEach(() => program?.kill());

  it('shows what one connection says at all, whichever worker they are with', async () => {
    const cluster = await SamplePage.open(browser, url);
    const workers = await workersOf(cluster.page);
    await say(cluster.page, 1, '<b>Ahoy</b>');
    await cluster.page.waitForFunction((cards) => document.querySelectorAll('.said').length === cards, CARDS);
    for (const line of await cluster.page.locator('.said').allTextContents()) {
      expect(line).to.equal(`<b>Ahoy</b> by way of ${workers[1]}`);
    }
    expect(cluster.complaints).to.deep.equal([]);
    await cluster.close();
  });

  it('brings the connections of a killed worker back with others, and goes on', async () => {
    const cluster = await SamplePage.open(browser, url);
    const { page } = cluster;
    const [killed] = (await workersOf(page)) as [number];
    process.kill(killed, 'SIGKILL');
    await page.locator('section').first().getByText(`Worker ${killed} is gone (1006).`).waitFor();
    expect(await workersOf(page)).to.not.include(killed);
    await say(page, 0, 'Back again');
    await page.waitForFunction((cards) => document.querySelectorAll('.said').length === cards, CARDS);
    await cluster.close();
  });

  it('fits a phone', async () => {
    const cluster = await SamplePage.open(browser, url, PHONE);
    await workersOf(cluster.page);
    expect(await cluster.overflows()).to.equal(false);
    await cluster.close();
  });
});
