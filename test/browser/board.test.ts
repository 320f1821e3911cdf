import { expect } from 'chai';
import type { Browser } from 'playwright-core';
import { createBoard } from '#samples/board/server.js';
import { isStrokes } from '#samples/board/strokes.js';
import { SampleServer } from '../samples/sample-server.js';
import { findChromium } from './chromium.js';
import { launch, PHONE, SamplePage } from './sample-page.js';

/** A place on the board, in fractions of its width and height. */
type Place = readonly [x: number, y: number];

const CENTRE: Place = [0.5, 0.5];
const ASIDE: Place = [0.1, 0.9];

/** Somebody in front of the board. */
class Painter extends SamplePage {
  /** What came over the WebSocket. */
  readonly received: (string | Buffer)[] = [];

  static async atBoard(browser: Browser, url: string, options = {}): Promise<Painter> {
    const painter = new Painter(await (await browser.newContext(options)).newPage());
    painter.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => painter.received.push(payload)),
    );
    await painter.page.goto(url);
    await painter.says('Connected. Draw!');
    return painter;
  }

  says(text: string): Promise<void> {
    return this.page.getByRole('status').getByText(text, { exact: true }).waitFor();
  }

  async #onScreen([x, y]: Place): Promise<{ x: number; y: number }> {
    const box = await this.page.locator('#board').boundingBox();
    if (box === null) throw new Error('The board is not to be seen.');
    return { x: box.x + x * box.width, y: box.y + y * box.height };
  }

  async drawLine(...places: readonly Place[]): Promise<void> {
    for (const [index, place] of places.entries()) {
      const { x, y } = await this.#onScreen(place);
      await this.page.mouse.move(x, y, { steps: 4 });
      if (index === 0) await this.page.mouse.down();
    }
    await this.page.mouse.up();
  }

  async tap(place: Place): Promise<void> {
    const { x, y } = await this.#onScreen(place);
    await this.page.touchscreen.tap(x, y);
  }

  /** Two fingers at once, each along a line of its own. */
  async drawWithTwoFingers(first: readonly [Place, Place], second: readonly [Place, Place]): Promise<void> {
    const touch = await this.page.context().newCDPSession(this.page);
    const points = async (index: 0 | 1) => [
      { ...(await this.#onScreen(first[index])), id: 1 },
      { ...(await this.#onScreen(second[index])), id: 2 },
    ];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: await points(0) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: await points(1) });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }

  /** The colour at a place, or an empty text where there is nothing on the board. */
  colourAt([x, y]: Place): Promise<string> {
    return this.page.locator('#board').evaluate(
      (board, { x, y }) => {
        const canvas = board as HTMLCanvasElement;
        const paper = canvas.getContext('2d');
        const [red, green, blue, alpha] = paper?.getImageData(canvas.width * x, canvas.height * y, 1, 1).data ?? [];
        return alpha === 0 ? '' : `rgb(${red}, ${green}, ${blue})`;
      },
      { x, y },
    );
  }

  async sees(place: Place, colour: string): Promise<void> {
    for (let now = await this.colourAt(place); now !== colour; now = await this.colourAt(place))
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
  }

  async choose(colour: string): Promise<void> {
    await this.page.getByTitle(colour, { exact: true }).click();
  }

  setWidth(thousandths: number): Promise<void> {
    return this.page.getByLabel('Width').fill(String(thousandths));
  }

  /** The next question is answered with yes. */
  agree(): void {
    this.page.once('dialog', (dialog) => void dialog.accept());
  }
}

const INK = 'rgb(18, 36, 44)';
const RED = 'rgb(179, 49, 42)';

// Without a browser there is nothing to run; findChromium has said so.
if (findChromium() !== undefined) {
  describe('The board in Chromium', () => {
    let browser: Browser;
    let server: SampleServer;
    const painters: Painter[] = [];

    before(async () => {
      browser = await launch();
    });

    after(() => browser?.close());

    beforeEach(async () => {
      server = await SampleServer.start(createBoard());
    });

    afterEach(async () => {
      for (const painter of painters.splice(0)) await painter.close();
      await server.stop();
    });

    async function come(options = {}): Promise<Painter> {
      const painter = await Painter.atBoard(browser, server.url('/'), options);
      painters.push(painter);
      return painter;
    }

    it('brings what one draws to the other, in few bytes', async () => {
      const ada = await come();
      const grace = await come();
      await ada.setWidth(20);
      await ada.drawLine([0.2, 0.2], CENTRE);
      await Promise.all([ada.sees(CENTRE, INK), grace.sees(CENTRE, INK)]);
      await grace.choose('Red');
      await grace.setWidth(20);
      await grace.drawLine([0.2, 0.8], [0.8, 0.8]);
      await Promise.all([ada.sees([0.6, 0.8], RED), grace.sees([0.6, 0.8], RED)]);

      const strokes = grace.received.slice(1); // after the picture so far
      expect(strokes.every((data) => Buffer.isBuffer(data) && data.length > 0 && isStrokes(data))).to.equal(true);
      expect(Buffer.concat(strokes as Buffer[]).length).to.be.below(1_000);
      expect([...ada.complaints, ...grace.complaints]).to.deep.equal([]);
    });

    it('shows the picture so far to somebody who comes later', async () => {
      const ada = await come();
      await ada.setWidth(30);
      await ada.drawLine([0.2, 0.2], CENTRE, [0.8, 0.2]);
      await ada.sees(CENTRE, INK);
      const grace = await come();
      await grace.sees(CENTRE, INK);
      expect(await grace.colourAt(ASIDE)).to.equal('');
    });

    it('makes a dot of a click, and rubs out', async () => {
      const ada = await come();
      const grace = await come();
      await ada.setWidth(40);
      await ada.drawLine(CENTRE);
      await grace.sees(CENTRE, INK);
      await grace.choose('Eraser');
      await grace.setWidth(60);
      await grace.drawLine(CENTRE);
      await Promise.all([ada.sees(CENTRE, ''), grace.sees(CENTRE, '')]);
    });

    it('is wiped for everybody, when that is meant', async () => {
      const ada = await come();
      const grace = await come();
      await ada.setWidth(40);
      await ada.drawLine(CENTRE);
      await grace.sees(CENTRE, INK);
      const wipe = grace.page.getByRole('button', { name: 'Wipe the board' });
      await wipe.click(); // a question that nobody answers is answered with no
      expect(await grace.colourAt(CENTRE)).to.equal(INK);
      grace.agree();
      await wipe.click();
      await Promise.all([ada.sees(CENTRE, ''), grace.sees(CENTRE, '')]);
    });

    it('is drawn on with fingers, several at once', async () => {
      const ada = await come(PHONE);
      const grace = await come();
      await ada.setWidth(40);
      await ada.tap(CENTRE);
      await grace.sees(CENTRE, INK);
      await ada.drawWithTwoFingers(
        [
          [0.2, 0.1],
          [0.2, 0.3],
        ],
        [
          [0.8, 0.1],
          [0.8, 0.3],
        ],
      );
      await Promise.all([grace.sees([0.2, 0.2], INK), grace.sees([0.8, 0.2], INK)]);
      expect(await grace.colourAt([0.5, 0.2]), 'between the fingers').to.equal('');
    });

    it('keeps its picture in a window of another size, and in the dark', async () => {
      const ada = await come();
      await ada.setWidth(40);
      await ada.drawLine([0.2, 0.5], [0.8, 0.5]);
      await ada.sees(CENTRE, INK);
      const before = await ada.page.locator('#board').boundingBox();
      await ada.page.setViewportSize({ width: 390, height: 844 });
      await ada.page.waitForFunction(() => {
        const board = document.querySelector<HTMLCanvasElement>('#board');
        return board !== null && board.width < 390 && board.width === board.clientWidth;
      });
      await ada.sees(CENTRE, INK);
      const after = await ada.page.locator('#board').boundingBox();
      expect(after?.width).to.be.below(before?.width ?? 0);
      expect((after?.width ?? 0) / (after?.height ?? 1)).to.be.closeTo(1.5, 0.02);
      expect(await ada.overflows()).to.equal(false);
      await ada.page.emulateMedia({ colorScheme: 'dark' });
      await ada.sees(CENTRE, 'rgb(230, 239, 241)');
    });

    it('says when the server is away, takes nothing meanwhile, and goes on when it is back', async () => {
      const ada = await come();
      const { port } = server;
      await server.stop();
      await ada.says('Connection lost, trying again…');
      await ada.setWidth(40);
      await ada.drawLine(CENTRE);
      expect(await ada.colourAt(CENTRE)).to.equal('');
      server = await SampleServer.start(createBoard(), port);
      await ada.says('Connected. Draw!');
      await ada.drawLine(CENTRE);
      await ada.sees(CENTRE, INK);
    });

    it('has its colours and its width on the keyboard, each with a name', async () => {
      const ada = await come();
      await ada.page.getByRole('radio', { name: 'Ink' }).focus();
      for (let count = 0; count < 3; count++) await ada.page.keyboard.press('ArrowRight');
      expect(await ada.page.getByRole('radio', { name: 'Red' }).isChecked()).to.equal(true);
      await ada.page.keyboard.press('Enter'); // sends no form away
      await ada.page.getByRole('slider', { name: 'Width' }).focus();
      for (let count = 0; count < 20; count++) await ada.page.keyboard.press('ArrowUp');
      await ada.drawLine(CENTRE);
      await ada.sees(CENTRE, RED);
      expect(new URL(ada.page.url()).search).to.equal('');
    });
  });
}
