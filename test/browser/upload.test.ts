import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import type { Sample } from '#samples/support/run.js';
import { createUpload } from '#samples/upload/server.js';
import { SampleServer } from '../samples/sample-server.js';
import { findChromium } from './chromium.js';
import { launch, PHONE, SamplePage } from './sample-page.js';

/** Takes long enough for something to happen in the middle of it. */
const LONG = 512 * 1024 ** 2;

// Without a browser there is nothing to run; findChromium has said so.
if (findChromium() !== undefined) {
  describe('The upload in Chromium', () => {
    let browser: Browser;
    let sample: Sample;
    let server: SampleServer;
    let ada: SamplePage;
    let folder: string;

    before(async () => {
      browser = await launch();
      folder = await mkdtemp(join(tmpdir(), 'moorage-upload-'));
    });

    after(async () => {
      await browser?.close();
      await rm(folder, { recursive: true, force: true });
    });

    beforeEach(async () => {
      sample = createUpload();
      server = await SampleServer.start(sample);
      ada = await openPage();
    });

    afterEach(async () => {
      await ada.close();
      await server.stop();
    });

    async function openPage(options = {}): Promise<SamplePage> {
      const opened = await SamplePage.open(browser, server.url('/'), options);
      await says(opened, 'Connected.');
      return opened;
    }

    const says = ({ page }: SamplePage, text: string): Promise<void> =>
      page.locator('#status').getByText(text, { exact: true }).waitFor();

    const choose = ({ page }: SamplePage, name: string, buffer: Buffer): Promise<void> =>
      page.getByLabel('Choose a file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });

    /** A file with nothing in it, of any size, that takes no place on the disk. */
    async function emptyFile(name: string, size: number): Promise<string> {
      const path = join(folder, name);
      const file = await open(path, 'w');
      await file.truncate(size);
      await file.close();
      return path;
    }

    it('sends a file as one stream, shows how far either end is, and what the server has got', async () => {
      await ada.page.evaluate(() => {
        const seen: number[] = [];
        Object.assign(window, { seen });
        const bar = document.querySelector<HTMLProgressElement>('#received');
        new MutationObserver(() => seen.push(bar?.value ?? 0)).observe(bar as Node, { attributeFilter: ['value'] });
      });
      const file = randomBytes(20 * 1024 ** 2);
      await choose(ada, 'a file.bin', file);
      await says(ada, 'All of it has arrived. Another one?');
      expect(await ada.page.locator('#sha256').textContent()).to.equal(createHash('sha256').update(file).digest('hex'));
      for (const name of ['Left the page', 'Read by the server'])
        expect(await ada.page.getByRole('progressbar', { name }).getAttribute('value'), name).to.equal('1');
      expect(await ada.page.getByText('20.0 MiB').count()).to.equal(3);
      const seen = await ada.page.evaluate(() => (window as unknown as { seen: number[] }).seen);
      expect(seen.filter((part) => part > 0 && part < 1)).not.to.deep.equal([]);
      expect(seen).to.deep.equal([...seen].sort((a, b) => a - b));
      expect(ada.complaints).to.deep.equal([]);
    });

    it('takes one after the other, an empty one too', async () => {
      await choose(ada, 'none', Buffer.alloc(0));
      await says(ada, 'All of it has arrived. Another one?');
      expect(await ada.page.locator('#sha256').textContent()).to.equal(createHash('sha256').digest('hex'));
      await choose(ada, 'some', Buffer.from('Ahoy'));
      await ada.page.getByText(createHash('sha256').update('Ahoy').digest('hex')).waitFor();
      expect(await ada.page.locator('#size').textContent()).to.equal('4 bytes');
    });

    it('calls an upload off in the middle, and takes the next', async () => {
      const path = await emptyFile('endless.bin', LONG);
      await ada.page.getByLabel('Choose a file').setInputFiles(path);
      await ada.page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('#received')?.value ?? 0) > 0);
      await ada.page.getByRole('button', { name: 'Cancel' }).click();
      await says(ada, 'endless.bin was called off. Another one?');
      expect(await ada.page.getByRole('button', { name: 'Cancel' }).count()).to.equal(0);
      expect(await ada.page.locator('#received').getAttribute('value')).not.to.equal('1');

      await choose(ada, 'next', Buffer.from('Ahoy'));
      await says(ada, 'All of it has arrived. Another one?');
      expect([...sample.container.openSessions], 'the old connection has ended').to.have.length(1);
      expect(ada.complaints).to.deep.equal([]);
    });

    it('refuses a file that is too large before any of it is sent', async () => {
      await ada.page.getByLabel('Choose a file').setInputFiles(await emptyFile('huge.bin', 1024 ** 3 + 1));
      await says(ada, 'huge.bin is larger than 1 GiB.');
      expect(await ada.page.locator('#upload').isVisible()).to.equal(false);
      await choose(ada, 'next', Buffer.from('Ahoy'));
      await says(ada, 'All of it has arrived. Another one?');
    });

    it('shows a name with markup as the text that it is', async () => {
      const name = '<img src=x onerror=alert(1)>&amp;.bin';
      await choose(ada, name, Buffer.from('Ahoy'));
      await says(ada, 'All of it has arrived. Another one?');
      expect(await ada.page.locator('#name').textContent()).to.equal(name);
      expect(await ada.page.locator('main img').count()).to.equal(0);
      expect(ada.complaints).to.deep.equal([]);
    });

    it('says what was lost when the server goes, and is ready when it is back', async () => {
      await ada.page.getByLabel('Choose a file').setInputFiles(await emptyFile('lost.bin', LONG));
      await ada.page.waitForFunction(() => (document.querySelector<HTMLProgressElement>('#received')?.value ?? 0) > 0);
      const { port } = server;
      await server.stop();
      await ada.page.getByText(/^lost\.bin has not arrived: connection lost/).waitFor();
      server = await SampleServer.start(createUpload(), port);
      await says(ada, 'Connected again. Choose a file.');
      await choose(ada, 'next', Buffer.from('Ahoy'));
      await says(ada, 'All of it has arrived. Another one?');
    });

    it('is used by the keyboard alone', async () => {
      const chooser = ada.page.waitForEvent('filechooser');
      await ada.page.bringToFront(); // And a way to the browser and back, until which it wants to hear of choosers.
      await ada.page.keyboard.press('Tab');
      await ada.page.locator('#file:focus').waitFor({ state: 'attached' });
      await ada.page.keyboard.press('Enter');
      await (await chooser).setFiles(await emptyFile('keyboard.bin', LONG));
      await ada.page.getByRole('button', { name: 'Cancel' }).and(ada.page.locator(':focus')).waitFor();
      await ada.page.keyboard.press('Enter');
      await says(ada, 'keyboard.bin was called off. Another one?');
      await ada.page.locator('#file:focus').waitFor({ state: 'attached' });
    });

    it('fits a phone', async () => {
      const phone = await openPage(PHONE);
      await choose(phone, `${'a-name-without-end-'.repeat(10)}.bin`, Buffer.alloc(2_000));
      await says(phone, 'All of it has arrived. Another one?');
      expect(await phone.overflows()).to.equal(false);
      await phone.close();
    });
  });
}
