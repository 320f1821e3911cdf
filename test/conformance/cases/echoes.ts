import { CLOSED_BY_SUITE, type ConformanceCase } from '../case.js';
import type { Peer } from '../peer/peer.js';

export interface Echoes {
  readonly id: string;
  readonly group: string;
  readonly description: string;
  readonly type: 'text' | 'binary';
  readonly messages: number;
  /** The payload of one message, by its number from 0. */
  readonly payload: (index: number) => Buffer;
  /** For all of them. */
  readonly seconds: number;
  readonly send: (peer: Peer, payload: Buffer) => Promise<void>;
  readonly deflate?: ConformanceCase['deflate'];
}

/** Messages of which each has to come back as it was before the next is sent. */
export function echoes(echo: Echoes): ConformanceCase {
  const { id, group, description, messages, seconds, deflate } = echo;
  return {
    id,
    group,
    description,
    expectation: `${messages === 1 ? 'the echo' : `${messages} echoes, one by one,`} within ${seconds} s; closed with 1000`,
    play: (peer, { giveUpAfter }) => play(peer, echo, performance.now() + giveUpAfter),
    // The echoes are taken as they come; nothing may be left, also not until the other side has answered the Close.
    expected: { ok: [] },
    close: CLOSED_BY_SUITE,
    giveUpAfter: seconds * 1000,
    ...(deflate === undefined ? {} : { deflate }),
  };
}

async function play(
  peer: Peer,
  { messages, payload, send, type }: Echoes,
  deadline: number,
): Promise<string | undefined> {
  const { events } = peer;
  for (let index = 0; index < messages; index++) {
    const sent = payload(index);
    await send(peer, sent);
    await peer.until(() => events.length > 0, deadline - performance.now());
    const got = events.shift();
    const which = messages === 1 ? 'the echo' : `echo ${index + 1} of ${messages}`;
    if (got === undefined) {
      return `${which} did not come ${peer.ending ? 'before the connection ended' : 'in time'}`;
    }
    if (got.type !== type || !got.payload.equals(sent)) {
      return `${which} is not what was sent: ${got.type} of ${got.payload.length} bytes for ${type} of ${sent.length}`;
    }
  }
  return undefined;
}
