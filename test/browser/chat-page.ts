import type { Browser, BrowserContextOptions } from 'playwright-core';
import { SamplePage } from './sample-page.js';

/** One person's page of the chat. */
export class ChatPage extends SamplePage {
  static async join(
    browser: Browser,
    url: string,
    name: string,
    options: BrowserContextOptions = {},
  ): Promise<ChatPage> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const chat = new ChatPage(page);
    await page.goto(url);
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Join the room' }).click();
    await chat.connected();
    return chat;
  }

  /** The same tab once more: browsers copy what a tab remembers when it is duplicated. */
  async duplicate(): Promise<ChatPage> {
    const remembered = await this.page.evaluate(() => Object.entries(sessionStorage));
    const page = await this.page.context().newPage();
    await page.addInitScript((entries) => {
      for (const [name, value] of entries) sessionStorage.setItem(name, value);
    }, remembered);
    const chat = new ChatPage(page);
    await page.goto(this.page.url());
    return chat;
  }

  async connected(): Promise<void> {
    await this.page.locator('#status[data-state="open"]').waitFor();
  }

  async disconnected(): Promise<void> {
    await this.page.locator('#status:not([data-state="open"])').waitFor();
  }

  /** From now on what the page sends gets lost on its way; until the page is loaded again, or by what is returned. */
  async withhold(): Promise<() => Promise<void>> {
    const send = await this.page.evaluateHandle(() => {
      const { send } = WebSocket.prototype;
      WebSocket.prototype.send = () => {
        document.documentElement.dataset['withheld'] = 'yes';
      };
      return { send };
    });
    return () =>
      send.evaluate(({ send }) => {
        WebSocket.prototype.send = send;
      });
  }

  /** Settles when the page has sent something that got lost. */
  async hasSentInVain(): Promise<void> {
    await this.page.locator('html[data-withheld]').waitFor();
  }

  /** What a browser tells a page whose tab is left for another one, or chosen again. */
  toBackground(isHidden: boolean): Promise<void> {
    return this.page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  }

  async write(text: string): Promise<void> {
    const field = this.page.getByLabel('Message', { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Settles when the message stands on the page, confirmed by the server. */
  async sees(text: string, kind: 'own' | 'other'): Promise<void> {
    const kinds = kind === 'own' ? '.message.own:not(.pending)' : '.message:not(.own)';
    await this.page.locator(`${kinds} .text`).getByText(text, { exact: true }).waitFor();
  }

  async seesNotice(text: string): Promise<void> {
    await this.page.locator('.notice').getByText(text, { exact: true }).first().waitFor();
  }

  /** Settles when these are the members, in any order. */
  async seesMembers(...names: readonly string[]): Promise<void> {
    await this.page.waitForFunction(
      (wanted) => {
        const shown = [...document.querySelectorAll('.member-name')].map((item) => item.textContent);
        return JSON.stringify(shown.sort()) === wanted;
      },
      JSON.stringify([...names].sort()),
    );
  }

  /** How often a text stands on the page: once, unless something was sent or shown twice. */
  count(text: string): Promise<number> {
    return this.page.locator('.message .text').getByText(text, { exact: true }).count();
  }
}
