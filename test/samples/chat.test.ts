import { expect } from 'chai';
import { TestBench, type TestPeer } from 'moorage/testing';
import { ChatMember } from '#samples/chat/chat-member.js';
import { createChat } from '#samples/chat/server.js';
import { Peer } from './peer.js';
import { SampleServer } from './sample-server.js';

interface Welcome {
  readonly type: 'welcome';
  readonly you: string;
  readonly members: readonly string[];
  readonly history: readonly { readonly from: string; readonly text: string }[];
}

let keys = 0;

/** A key as a tab makes it: 32 hexadecimal digits. */
function newKey(): string {
  return (++keys).toString(16).padStart(32, '0');
}

describe('The chat sample', () => {
  let bench: TestBench;

  beforeEach(() => {
    bench = new TestBench();
  });

  afterEach(() => bench.close());

  const enter = (room: string): Promise<TestPeer> => bench.connect(ChatMember, `/chat/${room}`);

  async function join(room: string, name: string, key = newKey()): Promise<{ peer: TestPeer; welcome: Welcome }> {
    const peer = await enter(room);
    peer.sendJson({ type: 'join', name, key });
    return { peer, welcome: (await peer.expectJson()) as Welcome };
  }

  describe('a room', () => {
    it('welcomes with who is there, and tells the others', async () => {
      const ada = await join('pier', 'Ada');
      expect(ada.welcome).to.deep.equal({ type: 'welcome', you: 'Ada', members: ['Ada'], history: [] });
      const grace = await join('pier', 'Grace');
      expect(grace.welcome.members).to.deep.equal(['Ada', 'Grace']);
      await ada.peer.expectJson({ type: 'joined', name: 'Grace' });
      await grace.peer.close();
      await ada.peer.expectJson({ type: 'left', name: 'Grace' });
    });

    it('brings a message to all, the sender too, with the reference of the sender', async () => {
      const ada = await join('quay', 'Ada');
      const grace = await join('quay', 'Grace');
      await ada.peer.expectJson();
      ada.peer.sendJson({ type: 'say', text: '<b>Ahoy</b> ⚓', ref: 'a-1' });
      const [own, others] = (await Promise.all([ada.peer.expectJson(), grace.peer.expectJson()])) as object[];
      expect(own).to.deep.equal(others);
      expect(own).to.include({ type: 'said', from: 'Ada', text: '<b>Ahoy</b> ⚓', ref: 'a-1' });
      expect(own).to.have.property('at').that.is.a('number');
    });

    it('hears nothing of another room', async () => {
      const ada = await join('north', 'Ada');
      const grace = await join('south', 'Grace');
      ada.peer.sendJson({ type: 'say', text: 'north', ref: 'a-1' });
      await ada.peer.expectJson();
      grace.peer.sendJson({ type: 'say', text: 'south', ref: 'g-1' });
      expect(await grace.peer.expectJson()).to.include({ text: 'south' });
    });

    it('is the same in any case and percent-encoding', async () => {
      await join('H%C3%A5fen', 'Ada');
      const grace = await join('h%C3%A5FEN', 'Grace');
      expect(grace.welcome.members).to.deep.equal(['Ada', 'Grace']);
    });

    it('gives a newcomer the last fifty messages', async () => {
      const ada = await join('log', 'Ada');
      for (let count = 1; count <= 60; count++) {
        ada.peer.sendJson({ type: 'say', text: `line ${count}`, ref: `a-${count}` });
        await ada.peer.expectJson();
      }
      const { welcome } = await join('log', 'Grace');
      expect(welcome.history).to.have.length(50);
      expect(welcome.history[0]).to.include({ from: 'Ada', text: 'line 11' });
      expect(welcome.history[49]).to.include({ text: 'line 60' });
    });

    it('forgets everything when the last one has left', async () => {
      const ada = await join('brief', 'Ada');
      ada.peer.sendJson({ type: 'say', text: 'gone', ref: 'a-1' });
      await ada.peer.expectJson();
      await ada.peer.close();
      const { welcome } = await join('brief', 'Grace');
      expect(welcome).to.deep.include({ members: ['Grace'], history: [] });
    });

    it('has a name in any script, marks included', async () => {
      for (const room of ['हिन्दी', 'ห้องแชท', 'العربية', 'café', '港_2-b']) {
        const { welcome } = await join(encodeURIComponent(room), 'Ada');
        expect(welcome.members, room).to.deep.equal(['Ada']);
      }
    });

    for (const room of ['a%20b', '%3Cb%3E', '%CC%81a', 'x'.repeat(41)]) {
      it(`is refused by the name ${decodeURIComponent(room).slice(0, 10)}`, async () => {
        const peer = await enter(room);
        await peer.expectClose(4400, 'A room has 1 to 40 letters, digits, - or _');
      });
    }
  });

  describe('a name', () => {
    it('gets a number where it is taken, in whichever case', async () => {
      const first = await join('names', 'Ada');
      const second = await join('names', 'ADA');
      const third = await join('names', 'Ada');
      expect([first, second, third].map(({ welcome }) => welcome.you)).to.deep.equal(['Ada', 'ADA 2', 'Ada 3']);
    });

    it('stays within its length with the number, so that one may come back with it', async () => {
      const long = '⚓'.repeat(32);
      await join('long-names', long);
      const key = newKey();
      const second = await join('long-names', long, key);
      expect(second.welcome.you).to.equal(`${'⚓'.repeat(30)} 2`);
      await second.peer.close();
      const again = await join('long-names', second.welcome.you, key);
      expect(again.welcome.you).to.equal(second.welcome.you);
    });

    it('is cleaned of what cannot be seen', async () => {
      const { welcome } = await join('clean', '  Ada\u202e\u200b \t Lovelace\u0000 ');
      expect(welcome.you).to.equal('Ada Lovelace');
    });

    it('is asked for again when it is empty or too long', async () => {
      const peer = await enter('again');
      peer.sendJson({ type: 'join', name: ' \u200b ', key: newKey() });
      await peer.expectJson({ type: 'refused', reason: 'Please choose a name.' });
      peer.sendJson({ type: 'join', name: 'x'.repeat(33), key: newKey() });
      await peer.expectJson({
        type: 'refused',
        reason: 'Please choose a name of at most 32 characters.',
      });
      peer.sendJson({ type: 'join', name: '⚓'.repeat(32), key: newKey() });
      expect(await peer.expectJson()).to.include({ type: 'welcome', you: '⚓'.repeat(32) });
    });
  });

  describe('coming back', () => {
    it('takes the place of the same tab’s old connection, unnoticed by the others', async () => {
      const key = newKey();
      const grace = await join('return', 'Grace');
      const old = await join('return', 'Ada', key);
      await grace.peer.expectJson();
      const again = await join('return', 'Ada', key);
      expect(again.welcome).to.deep.include({ you: 'Ada', members: ['Grace', 'Ada'] });
      await old.peer.expectClose(4409, 'Replaced by a newer connection');
      again.peer.sendJson({ type: 'say', text: 'still me', ref: 'a-1' });
      expect(await grace.peer.expectJson()).to.include({ from: 'Ada', text: 'still me' });
    });

    it('may say again what was not seen to arrive: it stands there once', async () => {
      const key = newKey();
      const grace = await join('twice', 'Grace');
      const old = await join('twice', 'Ada', key);
      await grace.peer.expectJson();
      old.peer.sendJson({ type: 'say', text: 'once', ref: 'a-1' });
      const first = await grace.peer.expectJson();
      const again = await join('twice', 'Ada', key);
      expect(again.welcome.history).to.deep.equal([first]);
      again.peer.sendJson({ type: 'say', text: 'once', ref: 'a-1' });
      expect(await again.peer.expectJson(), 'told again to the one who asked').to.deep.equal(first);
      again.peer.sendJson({ type: 'say', text: 'and on', ref: 'a-2' });
      expect(await grace.peer.expectJson()).to.include({ text: 'and on' });
    });

    it('keeps nobody else from using the same reference', async () => {
      const ada = await join('same-ref', 'Ada');
      const grace = await join('same-ref', 'Grace');
      await ada.peer.expectJson();
      ada.peer.sendJson({ type: 'say', text: 'from Ada', ref: 'x-1' });
      expect(await grace.peer.expectJson()).to.include({ text: 'from Ada' });
      grace.peer.sendJson({ type: 'say', text: 'from Grace', ref: 'x-1' });
      expect(await grace.peer.expectJson()).to.include({ text: 'from Grace' });
    });
  });

  describe('a check', () => {
    it('is answered, before and after joining, to the one who asked alone', async () => {
      const grace = await join('check', 'Grace');
      const ada = await enter('check');
      ada.sendJson({ type: 'check' });
      await ada.expectJson({ type: 'here' });
      ada.sendJson({ type: 'join', name: 'Ada', key: newKey() });
      expect(await ada.expectJson()).to.include({ type: 'welcome' });
      ada.sendJson({ type: 'check' });
      await ada.expectJson({ type: 'here' });
      await grace.peer.expectJson({ type: 'joined', name: 'Ada' });
      ada.sendJson({ type: 'say', text: 'Ahoy', ref: 'a-1' });
      expect(await grace.peer.expectJson()).to.include({ type: 'said' });
    });
  });

  describe('what makes no sense', () => {
    for (const [message, reason] of [
      ['not JSON', 'That was no JSON.'],
      ['42', 'That was no JSON object.'],
      ['null', 'That was no JSON object.'],
      ['{"type":"sing"}', 'The type of a message is join, say or check.'],
      ['{"type":"join","name":"Ada"}', 'A join has a name and a key.'],
      ['{"type":"join","name":["Ada"],"key":"0"}', 'A join has a name and a key.'],
      ['{"type":"say","text":"Ahoy","ref":"a-1"}', 'Join first, and once.'],
      ['{"type":"say","text":{"a":1},"ref":"a-1"}', 'A message has a text and a ref.'],
      ['{"type":"say","text":"Ahoy","ref":"<b>"}', 'A message has a text and a ref.'],
      ['{"type":"say","text":"  ","ref":"a-1"}', 'That message is empty.'],
    ] as const) {
      it(`is refused with a reason: ${message}`, async () => {
        const peer = await enter('refusals');
        peer.sendText(message);
        await peer.expectJson({ type: 'refused', reason });
      });
    }

    it('is refused when the text is longer than 2000 characters', async () => {
      const { peer } = await join('long', 'Ada');
      peer.sendJson({ type: 'say', text: 'x'.repeat(2001), ref: 'a-1' });
      await peer.expectJson({
        type: 'refused',
        reason: 'A message has at most 2000 characters.',
      });
    });

    it('ends the connection with 1009 when the message is larger than any can be', async () => {
      const { peer } = await join('larger', 'Ada');
      peer.sendJson({ type: 'say', text: 'x'.repeat(20_000), ref: 'a-1' });
      await peer.expectClose(1009);
    });

    it('ends the connection with 1003 when it is binary', async () => {
      const { peer } = await join('binary', 'Ada');
      peer.sendBinary(Buffer.from([1, 2, 3]));
      await peer.expectClose(1003);
    });
  });

  describe('the end of the server', () => {
    it('reaches every page as 1001', async () => {
      const own = await SampleServer.start(createChat());
      const peer = await Peer.open(own.wsUrl('/chat/end'));
      peer.send({ type: 'join', name: 'Ada', key: newKey() });
      await peer.nextJson();
      await own.stop();
      expect(await peer.closed).to.include({ code: 1001 });
    });
  });
});
