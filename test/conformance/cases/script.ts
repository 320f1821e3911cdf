import { CLOSED_BY_SUITE, type CloseRule, type ConformanceCase, FAILED_AS_PROTOCOL_ERROR } from '../case.js';
import type { Frame } from '../peer/frames.js';
import type { Chops, PeerEvent } from '../peer/peer.js';

/** A case that sends frames in one go and then listens. */
export interface Script {
  readonly id: string;
  readonly group: string;
  readonly description: string;
  readonly send: readonly Frame[];
  readonly chops?: Chops;
  readonly expect?: readonly PeerEvent[];
  readonly nonStrict?: readonly PeerEvent[];
  readonly close?: CloseRule;
  readonly informational?: true;
  readonly seconds?: number;
}

export const HELLO = 'Hello, world!';

/** The subject has to answer as `expect` says and keep the connection. */
export function answered(script: Script): ConformanceCase {
  return scripted({ close: CLOSED_BY_SUITE, ...script });
}

/** The subject has to fail the connection, after `expect`. */
export function refused(script: Script): ConformanceCase {
  return scripted({ close: FAILED_AS_PROTOCOL_ERROR, ...script });
}

export function scripted(script: Script & { readonly close: CloseRule }): ConformanceCase {
  const { id, group, description, send, chops = 'at once', expect = [], nonStrict, close, seconds = 1 } = script;
  return {
    id,
    group,
    description: `${description}${chopsAsText(chops)}`,
    expectation: expectationOf(expect, close),
    play: async (peer) => {
      await peer.send(send, chops);
      return undefined;
    },
    expected: { ok: expect, ...(nonStrict === undefined ? {} : { nonStrict }) },
    close,
    giveUpAfter: seconds * 1000,
    ...(script.informational === undefined ? {} : { informational: script.informational }),
  };
}

function chopsAsText(chops: Chops): string {
  return chops === 'at once' ? '' : chops === 'by frame' ? ', a write for each frame' : `, in writes of ${chops} bytes`;
}

export function expectationOf(expect: readonly PeerEvent[], { begunBy, codes }: CloseRule): string {
  const first = expect.map(({ type, payload }) => `${type} of ${payload.length} bytes`).join(', ');
  const end =
    begunBy === 'subject' ? `connection failed with ${codes.join(' or ')}` : `closed with ${codes.join(' or ')}`;
  return first === '' ? end : `${first}; ${end}`;
}
