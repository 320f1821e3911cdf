import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { PeerServer } from '../interop/peer-server.js';
import { Relay } from '../interop/relay.js';
import { findChromium } from './chromium.js';

const executablePath = findChromium();

interface Visit {
  /** What the page's WebSocket says was agreed on. */
  readonly extensions: string;
  /** Messages that did not come back as they went. */
  readonly wrong: readonly string[];
}

// Without a browser there is nothing to run; findChromium has said so.
if (executablePath !== undefined) {
  describe('Compression with Chromium', () => {
    let browser: Browser;
    let server: PeerServer;
    let relay: Relay;
    let page: Page;

    before(async () => {
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-background-networking', '--disable-gpu'],
      });
      server = await PeerServer.start();
      relay = await Relay.to(server.port);
      page = await browser.newPage();
      // Any page of the server: its origin may connect.
      await page.goto(`http://127.0.0.1:${relay.port}/`);
    });

    after(async () => {
      await browser?.close();
      await relay?.stop();
      await server?.stop();
    });

    /** Connects from within the page, and has texts and bytes of these sizes echoed. */
    function visit(path: string, sizes: readonly number[], random: boolean): Promise<Visit> {
      return page.evaluate(
        async ({ path, sizes, random }) => {
          const socket = new WebSocket(`ws://${location.host}${path}`);
          socket.binaryType = 'arraybuffer';
          const event = (type: string) =>
            new Promise<Event>((resolve, reject) => {
              socket.addEventListener(type, resolve, { once: true });
              socket.addEventListener('error', () => reject(new Error('The WebSocket failed.')), { once: true });
              socket.addEventListener('close', ({ code }) => reject(new Error(`Closed with ${code}.`)), { once: true });
            });
          await event('open');
          const wrong: string[] = [];
          const echo = async (message: string | Uint8Array<ArrayBuffer>): Promise<string | Uint8Array> => {
            const reply = event('message');
            socket.send(message);
            const { data } = (await reply) as MessageEvent<string | ArrayBuffer>;
            return typeof data === 'string' ? data : new Uint8Array(data);
          };
          for (const size of sizes) {
            const bytes = new Uint8Array(size);
            // getRandomValues gives no more than 64 KiB at once.
            for (let at = 0; random && at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
            const text = Array.from(bytes, (byte) => String.fromCodePoint(0x20 + byte)).join('');
            // Twice: with context takeover the second refers to the first.
            for (let turn = 0; turn < 2; turn++) {
              const echoed = await echo(bytes);
              const same =
                echoed instanceof Uint8Array && echoed.length === size && echoed.every((b, i) => b === bytes[i]);
              if (!same) wrong.push(`${size} bytes`);
              if ((await echo(text)) !== text) wrong.push(`${size} characters`);
            }
          }
          const { extensions } = socket;
          const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
          socket.close(4000, 'enough');
          await closed;
          return { extensions, wrong };
        },
        { path, sizes, random },
      );
    }

    const SIZES = [0, 1, 125, 126, 1_000, 65_535, 65_536, 300_000, 1024 * 1024];

    for (const [title, path, agreed] of [
      [
        'each message on its own',
        '/compressed',
        'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
      ],
      ['messages referring to earlier ones', '/compressed/context', 'permessage-deflate'],
    ] as const) {
      describe(title, () => {
        for (const [kind, random] of [
          ['messages that compress well', false],
          ['messages that don’t', true],
        ] as const) {
          it(`echoes ${kind}, from none to a million bytes`, async () => {
            const { extensions, wrong } = await visit(path, SIZES, random);
            expect(extensions).to.equal(agreed);
            expect(wrong).to.deep.equal([]);
            expect(await server.nextClosed()).to.deep.equal({ code: 4000, reason: 'enough' });
          });
        }

        it('takes few bytes on the wire, both ways', async () => {
          const { sent, received } = relay;
          await visit(path, [500_000], false);
          await server.nextClosed();
          // 500,000 bytes and as many characters went twice.
          expect(relay.sent - sent).to.be.below(20_000);
          expect(relay.received - received).to.be.below(20_000);
        });
      });
    }

    it('is not agreed on where the endpoint has not enabled it', async () => {
      const { extensions, wrong } = await visit('/echo', [0, 1, 65_536], false);
      expect({ extensions, wrong }).to.deep.equal({ extensions: '', wrong: [] });
      await server.nextClosed();
    });
  });
}
