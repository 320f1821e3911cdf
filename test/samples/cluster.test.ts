import { expect } from 'chai';
import { type BrokerListener, Opcode, PreparedMessage } from 'moorage';
import { ClusterBroker, type ParentChannel } from '#samples/cluster/cluster-broker.js';
import { ClusterProgram } from './cluster-program.js';
import { Peer } from './peer.js';

const WORKERS = 3;

interface Seated {
  readonly peer: Peer;
  readonly worker: number;
}

describe('The cluster sample', () => {
  describe('as a program', () => {
    const programs = new Set<ClusterProgram>();

    afterEach(async () => {
      await Promise.all([...programs].map((program) => program.kill()));
      programs.clear();
    });

    async function start(): Promise<{ program: ClusterProgram; url: string; workers: number[] }> {
      const program = new ClusterProgram({ WORKERS: String(WORKERS) });
      programs.add(program);
      return { program, ...(await program.ready(WORKERS)) };
    }

    async function enter(url: string): Promise<Seated> {
      const peer = await Peer.open(`${url.replace('http', 'ws')}/halls/main`);
      const welcome = (await peer.nextJson()) as { type: string; worker: number };
      expect(welcome.type).to.equal('welcome');
      return { peer, worker: welcome.worker };
    }

    /** Connections until each of these workers has one. Node deals them out in turn, mostly. */
    async function enterEach(url: string, workers: readonly number[]): Promise<Seated[]> {
      const seated = new Map<number, Seated>();
      while (workers.some((worker) => !seated.has(worker))) {
        const one = await enter(url);
        if (seated.has(one.worker)) await one.peer.leave();
        else seated.set(one.worker, one);
      }
      return workers.map((worker) => seated.get(worker) as Seated);
    }

    it('brings what one worker hears to the members of all, in order', async function () {
      this.timeout(30_000);
      const { url, workers } = await start();
      expect(new Set(workers).size).to.equal(WORKERS);
      const all = await enterEach(url, workers);
      const [speaker] = all as [Seated];
      const texts = ['Ahoy', 'größer als 🚢', 'x'.repeat(4000)];
      for (const text of texts) speaker.peer.send(text);
      for (const { peer } of all) {
        for (const text of texts) {
          expect(await peer.nextJson()).to.deep.equal({ type: 'said', worker: speaker.worker, text });
        }
      }
    });

    it('loses no more than the connections of a worker that is killed, and replaces it', async function () {
      this.timeout(30_000);
      const { program, url, workers } = await start();
      const [ada, grace, lost] = (await enterEach(url, workers)) as [Seated, Seated, Seated];
      process.kill(lost.worker, 'SIGKILL');
      expect(await lost.peer.closed).to.include({ code: 1006 });
      await program.line(new RegExp(`Worker ${lost.worker} has ended \\(SIGKILL\\)`));
      ada.peer.send('Still here?');
      grace.peer.send('Still here.');
      for (const { peer } of [ada, grace]) {
        const heard = [await peer.nextJson(), await peer.nextJson()] as { text: string }[];
        expect(heard.map(({ text }) => text)).to.have.members(['Still here?', 'Still here.']);
      }
      const [, replacement] = await program.line(/Worker (\d+) is ready/);
      const [newcomer] = (await enterEach(url, [Number(replacement)])) as [Seated];
      newcomer.peer.send('Me too.');
      for (const { peer } of [ada, grace, newcomer]) {
        expect(await peer.nextJson()).to.deep.equal({ type: 'said', worker: newcomer.worker, text: 'Me too.' });
      }
    });

    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      it(`ends on ${signal} with a Close to every peer, and with its workers`, async function () {
        this.timeout(30_000);
        const { program, url, workers } = await start();
        const all = await enterEach(url, workers);
        program.child.kill(signal);
        for (const { peer } of all) expect(await peer.closed).to.include({ code: 1001 });
        expect(await program.ended, program.printed).to.equal(0);
        for (const worker of workers) expect(() => process.kill(worker, 0)).to.throw('ESRCH');
      });
    }

    it('serves its page', async function () {
      this.timeout(30_000);
      const { url } = await start();
      const page = await (await fetch(url)).text();
      for (const [, path] of page.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
        const response = await fetch(`${url}${path}`);
        expect(response.status, path).to.equal(200);
        await response.arrayBuffer();
      }
    });

    it('refuses a number of workers that can not be', async () => {
      const program = new ClusterProgram({ WORKERS: 'many' });
      programs.add(program);
      expect(await program.ended).to.equal(1);
      expect(program.printed).to.equal(
        'WORKERS is "many"; it must be a whole number from 1 to 64. For instance: WORKERS=4\n',
      );
    });
  });

  describe('has a broker which', () => {
    /** A parent that lets messages be looked at and given. */
    class FakeParent implements ParentChannel {
      readonly sent: object[] = [];
      readonly listeners = new Set<(message: unknown) => void>();
      failure: Error | null = null;

      send(message: object, _handle: undefined, _options: undefined, callback: (error: Error | null) => void): boolean {
        this.sent.push(message);
        callback(this.failure);
        return true;
      }

      on(_event: 'message', listener: (message: unknown) => void): void {
        this.listeners.add(listener);
      }

      off(_event: 'message', listener: (message: unknown) => void): void {
        this.listeners.delete(listener);
      }
    }

    const collect = (): { heard: [string, number, string][]; listener: BrokerListener } => {
      const heard: [string, number, string][] = [];
      return {
        heard,
        listener: (topic, { opcode, payload }) => heard.push([topic, opcode, payload.toString('latin1')]),
      };
    };

    it('sends texts and bytes as what they are', async () => {
      const parent = new FakeParent();
      const broker = new ClusterBroker(parent);
      await broker.publish('a', PreparedMessage.text('Ähm'));
      await broker.publish('b', PreparedMessage.binary(Buffer.from([1, 255])));
      expect(parent.sent).to.deep.equal([
        { type: 'published', topic: 'a', isText: true, payload: Buffer.from('Ähm') },
        { type: 'published', topic: 'b', isText: false, payload: Buffer.from([1, 255]) },
      ]);
    });

    it('takes what comes in, and nothing else that the channel carries', () => {
      const parent = new FakeParent();
      const { heard, listener } = collect();
      new ClusterBroker(parent).subscribe(listener);
      for (const message of [
        { type: 'published', topic: 'a', isText: true, payload: new Uint8Array([65]) },
        { type: 'published', topic: 'b', isText: false, payload: new Uint8Array([66]) },
        ...['published', null, 7, { type: 'other' }],
      ]) {
        for (const give of parent.listeners) give(message);
      }
      expect(heard).to.deep.equal([
        ['a', Opcode.Text, 'A'],
        ['b', Opcode.Binary, 'B'],
      ]);
    });

    it('hears nothing once it is closed', () => {
      const parent = new FakeParent();
      const broker = new ClusterBroker(parent);
      broker.close(); // Before it was ever subscribed to, too.
      broker.subscribe(collect().listener);
      broker.close();
      expect(parent.listeners.size).to.equal(0);
    });

    it('says when the primary is gone, or there is none', async () => {
      const parent = new FakeParent();
      parent.failure = new Error('channel closed');
      const message = PreparedMessage.text('x');
      const failed = await new ClusterBroker(parent).publish('a', message).catch((cause: Error) => cause.message);
      expect(failed).to.equal('channel closed');
      const alone: ParentChannel = { on: () => undefined, off: () => undefined };
      expect(await new ClusterBroker(alone).publish('a', message).catch((cause: Error) => cause.message)).to.equal(
        'This process is no worker of a cluster: there is nobody to publish to.',
      );
    });
  });
});
