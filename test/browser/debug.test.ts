import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { createDebug } from '#samples/debug/server.js';
import { SampleServer } from '../samples/sample-server.js';
import { findChromium } from './chromium.js';
import { launch, PHONE, SamplePage } from './sample-page.js';

/** Somebody with the debug tool. */
class Tool extends SamplePage {
  static async at(browser: Browser, url: string, options = {}): Promise<Tool> {
    const tool = new Tool(await (await browser.newContext(options)).newPage());
    await tool.page.goto(url);
    await tool.says('The connection is closed');
    return tool;
  }

  says(text: string): Promise<void> {
    return this.page.getByRole('status').getByText(text, { exact: true }).waitFor();
  }

  async connect(): Promise<void> {
    await this.page.getByRole('button', { name: 'Connect' }).click();
    await this.says('The connection is open');
  }

  /** Fills in fields of one end's tools, by their labels, and presses the last one's button. */
  async use(end: 'page' | 'server', button: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const tools = this.page.getByRole('group', { name: `From ${end === 'page' ? 'this page' : 'the server'}` });
    const form = tools.locator('form').filter({ has: this.page.getByRole('button', { name: button }) });
    const [label] = Object.keys(fields);
    const one = label === undefined ? form : form.filter({ has: this.page.getByLabel(label) });
    for (const [name, value] of Object.entries(fields)) await one.getByLabel(name).fill(value);
    await one.getByRole('button', { name: button }).click();
  }

  /** Settles when such a line is in the list; a detail in part. */
  lists(who: 'page' | 'server', event: string, detail: string): Promise<void> {
    return this.page
      .locator(`#log .${who}`)
      .filter({ has: this.page.locator('.event').getByText(event, { exact: true }) })
      .filter({ hasText: detail })
      .first()
      .waitFor();
  }
}

// Without a browser there is nothing to run; findChromium has said so.
if (findChromium() !== undefined) {
  describe('The debug tool in Chromium', () => {
    let browser: Browser;
    let server: SampleServer;
    let tool: Tool;

    before(async () => {
      browser = await launch();
    });

    after(() => browser?.close());

    beforeEach(async () => {
      server = await SampleServer.start(createDebug());
      tool = await Tool.at(browser, server.url('/'));
    });

    afterEach(async () => {
      await tool.close();
      await server.stop();
    });

    it('connects, and lists what either end knows of it', async () => {
      await tool.connect();
      await tool.lists('page', 'open', 'extensions: permessage-deflate');
      await tool.lists('server', 'connect', 'from 127.0.0.1, extensions: permessage-deflate');
      expect(await tool.page.getByRole('button', { name: 'Connect' }).isDisabled()).to.equal(true);
    });

    it('sends text and bytes, and lists frames, events and echoes', async () => {
      await tool.connect();
      await tool.use('page', 'Send', { Text: 'Ahoy ⚓' });
      await tool.lists('server', 'frame', 'text, 8 bytes: 41 68 6f 79 20 e2 9a 93');
      await tool.lists('server', 'text', '6 characters: "Ahoy ⚓"');
      await tool.lists('page', 'text', '6 characters: "Ahoy ⚓"');
      await tool.use('page', 'Send', { 'Random bytes': '100000' });
      await tool.lists('server', 'binary', '100000 bytes: ');
      await tool.lists('page', 'binary', '100000 bytes');
      await tool.use('server', 'Count');
      await tool.lists('server', 'count', 'messages: 2, bytes: 100008');
    });

    it('has the server ping, and shows that the browser answers by itself', async () => {
      await tool.connect();
      await tool.use('server', 'Ping', { 'Ping with': 'here?' });
      await tool.lists('server', 'frame', 'pong, 5 bytes: 68 65 72 65 3f');
      await tool.lists('server', 'pong', '5 bytes: 68 65 72 65 3f');
    });

    for (const [code, reason, told] of [
      ['1000', '', '1000'],
      ['3000', 'registered', '3000 "registered"'],
      ['4000', 'my own ⚓', '4000 "my own ⚓"'],
      ['4999', 'the last', '4999 "the last"'],
      ['', 'not sent', '1005'],
    ] as const) {
      it(`closes from the page with ${code || 'no code'}`, async () => {
        await tool.connect();
        await tool.use('page', 'Close', { 'Close code': code, Reason: reason });
        await tool.lists('server', 'close', told);
        await tool.lists('page', 'close', `${code || '1005'} ${JSON.stringify(code ? reason : '')}, clean`);
        await tool.says('The connection is closed');
        await tool.connect(); // and anew
      });
    }

    for (const [code, reason] of [
      ['1001', 'Gone fishing'],
      ['1011', ''],
      ['4000', 'my own ⚓'],
    ] as const) {
      it(`has the server close with ${code}`, async () => {
        await tool.connect();
        await tool.use('server', 'Close', { 'Close code': code, Reason: reason });
        await tool.lists('page', 'close', `${code} ${JSON.stringify(reason)}, clean`);
        await tool.lists('server', 'close', code);
      });
    }

    it('has the server cut off, of which a browser learns 1006', async () => {
      await tool.connect();
      await tool.use('server', 'Cut off');
      await tool.lists('page', 'close', '1006 "", not clean');
      await tool.lists('server', 'close', '1006');
    });

    it('has the server flood the page, which keeps up', async () => {
      await tool.connect();
      await tool.use('server', 'Flood', { Messages: '20000', 'of characters': '100' });
      await tool.page.getByText(/"20000 messages sent in \d+ ms"/).waitFor();
      expect(await tool.page.locator('#log li').count()).to.equal(200);
      await tool.use('page', 'Send', { Text: 'still here' });
      await tool.lists('page', 'text', '"still here"');
    });

    it('says in the page what the browser refuses, and why', async () => {
      await tool.connect();
      await tool.use('page', 'Close', { 'Close code': '1001', Reason: '' });
      await tool.lists('page', 'refused', '1001');
      await tool.use('page', 'Close', { 'Close code': '4000', Reason: '⚓'.repeat(60) });
      await tool.lists('page', 'refused', '123');
      await tool.says('The connection is open');
    });

    it('says in the page what the server refuses, and why', async () => {
      await tool.connect();
      await tool.use('server', 'Close', { 'Close code': '1006', Reason: '' });
      await tool.lists('server', 'refused', '1006');
      await tool.use('server', 'Ping', { 'Ping with': '⚓'.repeat(60) });
      await tool.lists('server', 'refused', '125');
      await tool.says('The connection is open');
    });

    it('sends nothing that a field doesn’t allow', async () => {
      await tool.connect();
      for (const length of ['-1', '1.5', '1048577', '']) {
        await tool.use('page', 'Send', { 'Random bytes': length });
        expect(await tool.page.locator('#binary :invalid').count(), length).to.equal(1);
      }
      await tool.use('server', 'Flood', { Messages: '100001', 'of characters': '1' });
      expect(await tool.page.locator('#flood :invalid').count()).to.equal(1);
      await tool.use('server', 'Count');
      await tool.lists('server', 'count', 'messages: 0, bytes: 0');
    });

    it('shows markup as the text that it is', async () => {
      const markup = '<img src=x onerror="document.title=1"><b>bold</b>';
      await tool.connect();
      await tool.use('page', 'Send', { Text: markup });
      await tool.lists('page', 'text', JSON.stringify(markup));
      await tool.lists('server', 'text', JSON.stringify(markup));
      await tool.use('server', 'Close', { 'Close code': '4000', Reason: '<i>bye</i>' });
      await tool.lists('page', 'close', '<i>bye</i>');
      expect(await tool.page.locator('#log :is(img, b, i)').count()).to.equal(0);
      expect(await tool.page.title()).to.equal('Moorage debug tool');
      expect(tool.complaints).to.deep.equal([]);
    });

    it('says when the server is away, and comes back to it', async () => {
      await tool.connect();
      const { port } = server;
      await server.stop();
      await tool.lists('page', 'close', '1001');
      await tool.says('The server is away, trying again…');
      server = await SampleServer.start(createDebug(), port);
      await tool.says('The connection is closed');
      await tool.connect();
    });

    it('is used by the keyboard alone, the list too', async () => {
      await tool.page.keyboard.press('Tab');
      await tool.page.keyboard.press('Enter');
      await tool.says('The connection is open');
      await tool.page.keyboard.press('Tab');
      await tool.page.keyboard.type('typed');
      await tool.page.keyboard.press('Enter');
      await tool.lists('page', 'text', '5 characters: "typed"');
      await tool.page.getByRole('button', { name: 'Clear' }).focus();
      await tool.page.keyboard.press('Enter');
      expect(await tool.page.locator('#log li').count()).to.equal(0);
      await tool.page.keyboard.press('Tab');
      expect(await tool.page.locator('#log:focus').count()).to.equal(1);
    });

    it('fits a phone, the list in sight beside the tools', async () => {
      const phone = await Tool.at(browser, server.url('/'), PHONE);
      await phone.connect();
      await phone.use('page', 'Send', { Text: 'no-end-'.repeat(100) });
      await phone.lists('page', 'text', '700 characters');
      expect(await phone.overflows()).to.equal(false);
      const box = await phone.page.locator('#log').boundingBox();
      expect((box?.y ?? 844) + (box?.height ?? 0)).to.be.below(844);
      expect(box?.height).to.be.above(150);
      await phone.close();
    });
  });
}
