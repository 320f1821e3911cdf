import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { createChat } from '#samples/chat/server.js';
import { Peer } from '../samples/peer.js';
import { SampleServer } from '../samples/sample-server.js';
import { ChatPage } from './chat-page.js';
import { findChromium } from './chromium.js';
import { launch, PHONE } from './sample-page.js';

// Without a browser there is nothing to run; findChromium has said so.
if (findChromium() !== undefined) {
  describe('The chat in Chromium', () => {
    let browser: Browser;
    let server: SampleServer;
    const pages: ChatPage[] = [];

    before(async () => {
      browser = await launch();
    });

    after(() => browser?.close());

    beforeEach(async () => {
      server = await SampleServer.start(createChat());
    });

    afterEach(async () => {
      for (const page of pages.splice(0)) await page.close();
      await server.stop();
    });

    async function join(name: string, room = 'lobby', options = {}): Promise<ChatPage> {
      const page = await ChatPage.join(browser, server.url(`/rooms/${room}`), name, options);
      pages.push(page);
      return page;
    }

    it('lets two people in the same room talk both ways', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await Promise.all([ada.seesMembers('Ada', 'Grace'), grace.seesMembers('Ada', 'Grace')]);
      await ada.seesNotice('Grace joined');

      await ada.write('Ahoy, Grace');
      await Promise.all([ada.sees('Ahoy, Grace', 'own'), grace.sees('Ahoy, Grace', 'other')]);
      await grace.write('Ahoy, Ada ⚓');
      await Promise.all([grace.sees('Ahoy, Ada ⚓', 'own'), ada.sees('Ahoy, Ada ⚓', 'other')]);

      expect(ada.complaints).to.deep.equal([]);
      expect(grace.complaints).to.deep.equal([]);
    });

    it('says who has left', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.seesMembers('Ada', 'Grace');
      await grace.page.getByRole('button', { name: 'Leave' }).click();
      await ada.seesNotice('Grace left');
      await ada.seesMembers('Ada');
      expect(new URL(grace.page.url()).pathname).to.equal('/');
    });

    it('shows markup as the text that it is, in messages and in names', async () => {
      const markup = '<img src=x onerror="document.title=`hacked`"><b>bold</b>';
      const ada = await join('Ada');
      const other = await join('<i>Eve</i>');
      await ada.seesMembers('Ada', '<i>Eve</i>');
      await ada.seesNotice('<i>Eve</i> joined');
      await other.write(markup);
      await ada.sees(markup, 'other');
      expect(await ada.page.locator('#log b, #log i, #log img, #members i').count()).to.equal(0);
      expect(await ada.page.title()).to.equal('#lobby');
      expect(ada.complaints).to.deep.equal([]);
    });

    it('keeps a room’s talk in the room', async () => {
      const ada = await join('Ada', 'north');
      const grace = await join('Grace', 'south');
      await ada.write('only in the north');
      await ada.sees('only in the north', 'own');
      await grace.write('only in the south');
      await grace.sees('only in the south', 'own');
      expect(await grace.count('only in the north')).to.equal(0);
    });

    it('numbers a name that is taken, and says so', async () => {
      await join('Ada');
      const second = await join('Ada');
      await second.seesNotice('“Ada” is taken in this room, so you are “Ada 2” here.');
      await second.seesMembers('Ada', 'Ada 2');
    });

    it('asks for another room where the name cannot be one', async () => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(server.url('/'));
      await page.getByLabel('Your name').fill('Ada');
      await page.getByLabel('Room', { exact: true }).fill('north/south');
      await page.getByRole('button', { name: 'Join the room' }).click();
      await page.getByRole('alert').getByText('letters, digits, hyphens and underscores').waitFor();
      await page.context().close();
    });

    for (const [address, room] of [
      ['two%20words', 'two-words'],
      ['%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80', 'हिन्दी'],
      ['H%C3%85fen', 'håfen'],
      ['%ff', 'lobby'],
      ['%', 'lobby'],
    ] as const) {
      it(`makes of the address /rooms/${address} the room ${room}`, async () => {
        const ada = await join('Ada', address);
        expect(await ada.page.locator('#room-title').textContent()).to.equal(room);
        const grace = await join('Grace', encodeURIComponent(room));
        await Promise.all([ada.seesMembers('Ada', 'Grace'), grace.seesMembers('Ada', 'Grace')]);
      });
    }

    it('shows what is written from right to left so, and addresses as links that lead out safely', async () => {
      const ada = await join('مريم');
      const grace = await join('🇳🇱 Grace');
      await ada.write('مرحبا، كيف حالكم؟');
      await grace.sees('مرحبا، كيف حالكم؟', 'other');
      const directions = await grace.page
        .locator('.author:not(.sr-only), .text')
        .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).direction));
      expect(directions).to.deep.equal(['rtl', 'rtl']);
      expect(await ada.page.locator('#members .avatar').allTextContents()).to.have.members(['م', '🇳🇱']);

      const text =
        'Look (https://example.org/tide?a=1&b=2), or javascript:alert(1), or https://example.org/Dock_(sea).';
      await grace.write(text);
      await ada.sees(text, 'other');
      const links = await ada.page
        .locator('.text a')
        .evaluateAll((all) => all.map((link) => [link.getAttribute('href'), link.getAttribute('rel')]));
      expect(links).to.deep.equal([
        ['https://example.org/tide?a=1&b=2', 'noopener noreferrer nofollow'],
        ['https://example.org/Dock_(sea)', 'noopener noreferrer nofollow'],
      ]);
    });

    it('never cuts what is too long, and says by how much it is', async () => {
      const ada = await join('Ada');
      const field = ada.page.getByLabel('Message', { exact: true });
      const send = ada.page.getByRole('button', { name: 'Send' });
      await field.fill('x'.repeat(2005));
      await ada.page.getByText('Characters too many: 5').waitFor();
      expect(await send.isDisabled()).to.equal(true);
      await field.press('Enter');
      expect(await field.inputValue()).to.have.length(2005);
      await field.fill('x'.repeat(2000));
      await ada.page.getByText('Characters left: 0').waitFor();
      await field.press('Enter');
      await ada.sees('x'.repeat(2000), 'own');
      expect(await field.inputValue()).to.equal('');
    });

    it('keeps, when the page is loaded again, what is written and not sent', async () => {
      const ada = await join('Ada');
      await ada.page.getByLabel('Message', { exact: true }).fill('a thought\nin two lines');
      await ada.page.reload();
      await ada.connected();
      expect(await ada.page.getByLabel('Message', { exact: true }).inputValue()).to.equal('a thought\nin two lines');
    });

    it('keeps, when the page is loaded again, what is sent and has not arrived', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.withhold(); // the network takes it and doesn't deliver it
      await ada.write('on its way');
      await ada.page.locator('.message.pending').waitFor();
      await ada.page.reload();
      await Promise.all([ada.sees('on its way', 'own'), grace.sees('on its way', 'other')]);
      await ada.write('the next');
      await grace.sees('the next', 'other');
      expect([await ada.count('on its way'), await grace.count('on its way')]).to.deep.equal([1, 1]);
    });

    it('notices that the network is gone, and gets what it missed when it is back', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.page.context().setOffline(true);
      await ada.disconnected();
      await grace.write('while you were away');
      await ada.write('written on the train');
      await ada.page.context().setOffline(false);
      await ada.connected();
      await Promise.all([ada.sees('while you were away', 'other'), grace.sees('written on the train', 'other')]);
      expect([await ada.count('while you were away'), await grace.count('written on the train')]).to.deep.equal([1, 1]);
    });

    it('counts in its title what comes while the tab is in the background', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.toBackground(true);
      await grace.write('one');
      await grace.write('two');
      await ada.page.waitForFunction(() => document.title === '(2) #lobby');
      await ada.toBackground(false);
      await ada.page.waitForFunction(() => document.title === '#lobby');
      expect(await ada.page.locator('.divider + .message .text').textContent()).to.equal('one');
    });

    it('notices, when the tab is in front again, that its connection has died without a word', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.toBackground(true);
      const restore = await ada.withhold();
      const another = ada.page.waitForEvent('websocket');
      await ada.toBackground(false); // it asks the server, and nobody answers
      await restore();
      await another;
      await ada.connected();
      await grace.write('there you are');
      await ada.sees('there you are', 'other');
    });

    it('tries again when the server lets it connect and then says nothing', async () => {
      const ada = await join('Ada');
      await ada.page.clock.install();
      const restore = await ada.withhold();
      const { port } = server;
      await server.stop();
      await ada.page.clock.runFor(1_000);
      server = await SampleServer.start(createChat(), port);
      await ada.page.clock.runFor(1_000);
      await ada.hasSentInVain();
      await restore();
      await ada.page.clock.runFor(30_000);
      await ada.connected();
    });

    it('tells in one line of somebody who comes and goes', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.seesNotice('Grace joined');
      await grace.page.reload();
      await ada.seesNotice('Grace is back');
      await grace.page.getByRole('button', { name: 'Leave' }).click();
      await ada.seesNotice('Grace left');
      expect(await ada.page.locator('.notice', { hasText: 'Grace' }).count()).to.equal(1);
    });

    it('keeps up with a thousand messages, and keeps the last of them', async () => {
      const ada = await join('Ada');
      const other = await Peer.open(server.wsUrl('/chat/lobby'));
      other.send({ type: 'join', name: 'Busy', key: '0'.repeat(32) });
      for (let count = 1; count <= 1_000; count++)
        other.send({ type: 'say', text: `line ${count}`, ref: `b-${count}` });
      await ada.sees('line 1000', 'other');
      expect(await ada.page.locator('#log > *').count()).to.equal(500);
      expect(await ada.page.locator('.message').last().locator('.text').textContent()).to.equal('line 1000');
      const isAtEnd = await ada.page
        .locator('#log')
        .evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2);
      expect(isAtEnd).to.equal(true);
      await other.leave();
      expect(ada.complaints).to.deep.equal([]);
    });

    it('is back under the same name after the page was loaded again, with what was said', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      await ada.write('before');
      await grace.sees('before', 'other');
      await ada.page.reload();
      await ada.connected();
      await ada.sees('before', 'own');
      await ada.seesMembers('Ada', 'Grace');
      await ada.write('after');
      await grace.sees('after', 'other');
    });

    it('survives a restart of the server: both come back by themselves and can talk', async () => {
      const ada = await join('Ada', 'harbour');
      const grace = await join('Grace', 'harbour');
      await ada.write('before');
      await grace.sees('before', 'other');

      const { port } = server;
      await server.stop();
      await Promise.all([ada.disconnected(), grace.disconnected()]);
      server = await SampleServer.start(createChat(), port);

      await Promise.all([ada.connected(), grace.connected()]);
      await Promise.all([ada.seesMembers('Ada', 'Grace'), grace.seesMembers('Ada', 'Grace')]);
      await ada.write('after');
      await grace.sees('after', 'other');
      await grace.write('welcome back');
      await ada.sees('welcome back', 'other');
      expect(await grace.count('before')).to.equal(1);
      expect(await ada.page.locator('.notice', { hasText: 'Grace' }).count(), 'that all come back is no news').to.equal(
        1,
      );
    });

    it('delivers, once, what was written while the server was away', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace');
      const { port } = server;
      await server.stop();
      await Promise.all([ada.disconnected(), grace.disconnected()]);
      await ada.write('into the void');
      expect(await ada.page.locator('.message.pending').count()).to.equal(1);
      server = await SampleServer.start(createChat(), port);
      await grace.connected();
      await Promise.all([ada.sees('into the void', 'own'), grace.sees('into the void', 'other')]);
      expect(await ada.count('into the void')).to.equal(1);
      expect(await grace.count('into the void')).to.equal(1);
    });

    it('goes on in one window only when a tab is duplicated, and says how to have it back', async () => {
      const ada = await join('Ada');
      const copy = await ada.duplicate();
      await copy.connected();
      await ada.page.getByText('This chat goes on in another window.').waitFor();
      await ada.page.getByRole('button', { name: 'Use it here' }).click();
      await ada.connected();
      await copy.disconnected();
      await ada.seesMembers('Ada');
    });

    it('stays where one reads, counts what is new, and goes there when asked', async () => {
      const ada = await join('Ada');
      const grace = await join('Grace', 'lobby', { viewport: { width: 1280, height: 500 } });
      for (let count = 1; count <= 20; count++) await ada.write(`line ${count}`);
      await grace.sees('line 20', 'other');
      await grace.page.locator('#log').evaluate((log) => {
        log.scrollTop = 0;
      });
      await grace.page.getByRole('button', { name: 'Latest' }).waitFor();
      await ada.write('one more');
      await ada.write('and another');
      await grace.page.getByRole('button', { name: '2 new messages' }).click();
      await grace.page.getByText('and another').waitFor();
      await grace.page.waitForFunction(() => document.title === '#lobby');
      expect(await grace.page.locator('.divider + .message .text').textContent()).to.equal('one more');
    });

    it('fits a phone: nothing to be pushed sideways, everything in reach', async () => {
      const ada = await join('Ada', 'a-room-with-a-name-as-long-as-it-may-be', PHONE);
      const grace = await join('Grace', 'a-room-with-a-name-as-long-as-it-may-be');
      await grace.write(`https://example.org/${'no-end-'.repeat(60)}`);
      await ada.page.locator('.message:not(.own)').waitFor();
      expect(await ada.overflows()).to.equal(false);

      await ada.page.getByRole('button', { name: 'people in this room' }).click();
      await ada.page.locator('#people').getByText('Grace').waitFor();
      expect(await ada.overflows()).to.equal(false);
      const send = await ada.page.getByRole('button', { name: 'Send' }).boundingBox();
      expect(send?.y).to.be.lessThan(844 - (send?.height ?? 844));
    });

    it('keeps the end of the talk, the room’s name and the composer in sight when the keyboard slides in', async () => {
      const ada = await join('Ada', 'pier', PHONE);
      for (let count = 1; count <= 20; count++) await ada.write(`line ${count}`);
      await ada.sees('line 20', 'own');
      await ada.page.setViewportSize({ width: 390, height: 420 });
      await ada.page.waitForFunction(() => {
        const log = document.querySelector('#log');
        return log !== null && log.clientHeight < 320 && log.scrollHeight - log.scrollTop - log.clientHeight < 2;
      });
      for (const part of ['#room-title', '.message:last-child', '#send']) {
        const box = await ada.page.locator(part).boundingBox();
        expect(box?.y, part).to.be.at.least(0);
        expect((box?.y ?? 420) + (box?.height ?? 0), part).to.be.at.most(420);
      }
    });

    it('moves nothing for those who want no motion', async () => {
      const ada = await join('Ada', 'lobby', { reducedMotion: 'reduce' });
      const other = await Peer.open(server.wsUrl('/chat/lobby'));
      other.send({ type: 'join', name: 'Grace', key: '1'.repeat(32) });
      other.send({ type: 'say', text: 'Ahoy', ref: 'g-1' });
      await ada.sees('Ahoy', 'other');
      expect(
        await ada.page.locator('.message').evaluate((message) => getComputedStyle(message).animationName),
      ).to.equal('none');
      await other.leave();
    });
  });
}
