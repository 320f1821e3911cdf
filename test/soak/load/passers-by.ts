/** Connections that come, say little and go, each in a way of its own. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { RawPeer, SAMPLE_KEY } from '../../support/raw-peer.js';
import { Caller, patiently } from './caller.js';
import { inTurn, type Work } from './workplace.js';

interface Ending {
  readonly name: string;
  end(caller: Caller): Promise<unknown>;
}

const nextEnding = inTurn<Ending>([
  { name: 'churn, closed', end: (caller) => caller.leave() },
  {
    name: 'churn, cut off',
    end(caller) {
      const closed = once(caller.socket, 'close');
      caller.socket.terminate();
      return closed;
    },
  },
  {
    // Gone while its answer is on the way.
    name: 'churn, left in the middle',
    end(caller) {
      const closed = once(caller.socket, 'close');
      caller.send('x'.repeat(100_000));
      caller.socket.terminate();
      return closed;
    },
  },
]);

/** A connection that is opened, used once or twice and ended. */
export const churn: Work = async (place, random) => {
  const path = random.pick(['/echo', '/compressed', '/rooms/hall']);
  const caller = await Caller.open(place.port, path, random.oneIn(2));
  if (random.oneIn(2)) {
    caller.send('hello');
    const answer = await caller.next();
    // In the hall others are heard too.
    if (path !== '/rooms/hall' && answer !== 'hello') place.fail('churn: another answer than what was sent');
  }
  const { name, end } = nextEnding();
  await end(caller);
  place.count(name);
  await place.pause(100, random);
};

/** A connection on the TCP level that is reset at any point of the handshake or of a message. */
export const reset: Work = async (place, random) => {
  const peer = await RawPeer.connect(place.port);
  const request = `GET /echo HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${SAMPLE_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  if (random.oneIn(2)) {
    peer.send(request.slice(0, random.below(request.length)));
    await peer.flush();
    peer.reset();
    place.count('reset in the handshake');
  } else {
    peer.send(request);
    await patiently(peer.readResponse(), 'the response');
    const frame = Buffer.concat([Buffer.from([0x82, 0xfe, 0x10, 0x00, 1, 2, 3, 4]), Buffer.alloc(4096)]);
    peer.send(frame.subarray(0, random.below(frame.length)));
    await peer.flush();
    peer.reset();
    place.count('reset in a message');
  }
  await place.pause(200, random);
};
