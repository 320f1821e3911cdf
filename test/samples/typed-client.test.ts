import { expect } from 'chai';
import { createChat } from '#samples/chat/server.js';
import { ChatClient } from '#samples/typed-client/client.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

/** The lines of a terminal, taken as they come. */
class Screen {
  readonly lines: string[] = [];
  #onLine: () => void = () => undefined;

  readonly print = (line: string): void => {
    this.lines.push(line);
    this.#onLine();
  };

  async shows(line: string | RegExp): Promise<void> {
    const fits = (one: string): boolean => (typeof line === 'string' ? one === line : line.test(one));
    while (!this.lines.some(fits)) {
      await new Promise<void>((resolve) => {
        this.#onLine = resolve;
      });
    }
  }
}

describe('The typed client sample', () => {
  let server: SampleServer;
  let screen: Screen;
  let client: ChatClient | undefined;

  function enter(room: string, name = 'Ada'): ChatClient {
    client = new ChatClient({ url: server.wsUrl(`/chat/${room}`), name, print: screen.print, initialDelay: 10 });
    return client;
  }

  async function join(room: string, name: string): Promise<Peer> {
    const peer = await Peer.open(server.wsUrl(`/chat/${room}`));
    peer.send({ type: 'join', name, key: Buffer.from(name.padEnd(16)).toString('hex') });
    await peer.nextJson();
    return peer;
  }

  beforeEach(async () => {
    server = await SampleServer.start(createChat());
    screen = new Screen();
  });

  afterEach(async () => {
    await client?.leave();
    await server.stop();
  });

  it('joins, says and hears', async () => {
    const ada = enter('one');
    await screen.shows('* You are Ada. Here: Ada');
    const grace = await join('one', 'Grace');
    await screen.shows('* Grace has come');
    await ada.say('Ahoy');
    await screen.shows('Ada: Ahoy');
    expect(await grace.nextJson()).to.include({ type: 'said', from: 'Ada', text: 'Ahoy' });
    grace.send({ type: 'say', text: 'Moin', ref: '1' });
    await screen.shows('Grace: Moin');
    await grace.leave();
    await screen.shows('* Grace has left');
  });

  it('shows no control codes of others', async () => {
    enter('two');
    await screen.shows(/^\* You are/);
    const grace = await join('two', 'Grace');
    grace.send({ type: 'say', text: 'red: \u001b[31m', ref: '1' });
    await screen.shows('Grace: red:  [31m');
    await grace.leave();
  });

  it('shows why it was refused', async () => {
    await enter('three').say(' ');
    await screen.shows('! That message is empty.');
  });

  it('is back when the server is, and shows nothing twice', async () => {
    const ada = enter('four');
    await ada.say('before');
    await screen.shows('Ada: before');
    const { port } = server;
    await server.stop();
    await screen.shows(/^\* Not connected, trying again in 0\.\d s$/);
    server = await SampleServer.start(createChat(), port);
    await ada.say('after'); // waits for the connection
    await screen.shows('Ada: after');
    expect(screen.lines.filter((line) => line === 'Ada: before')).to.have.lengthOf(1);
  });

  it('does not come back to a chat that does not want it', async () => {
    const ada = enter('no%20room');
    expect(await ada.ended).to.equal(false);
    await screen.shows('! The chat has ended the connection: A room has 1 to 40 letters, digits, - or _');
  });

  it('leaves when it is asked to', async () => {
    const ada = enter('five');
    await screen.shows(/^\* You are/);
    const grace = await join('five', 'Grace');
    await ada.leave();
    expect(await ada.ended).to.equal(true);
    expect(await grace.nextJson()).to.deep.equal({ type: 'left', name: 'Ada' });
    expect(screen.lines.at(-1)).to.equal('* Goodbye');
    await grace.leave();
  });
});
