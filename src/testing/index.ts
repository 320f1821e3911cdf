/** `moorage/testing`: endpoints under test without a network, on a clock that stands still. */

export { UpgradeError } from '../protocol/handshake/upgrade-error.js';
export { type BenchOptions, type PeerOptions, TestBench } from './bench.js';
export type { ConnectionEnd } from './inbox.js';
export type { PeerHeaders } from './opening.js';
export { type ExpectOptions, type PeerFrame, TestPeer } from './peer.js';
export type { Cut } from './peer-line.js';
export type { ReadFrame } from './wire.js';
