import type { Session } from 'moorage';
import { UpgradeRequest, UpgradeResponse } from 'moorage';
import { compileEndpoint } from '#moorage/endpoint/compile.js';
import { EndpointHandler } from '#moorage/endpoint/endpoint-handler.js';
import { UpgradeRecord } from '#moorage/endpoint/upgrade-record.js';
import { FakeChannel } from './fake-channel.js';

/** One connection to an endpoint, from its handler down to a faked engine. */
export interface Connected<T> {
  readonly instance: T;
  readonly channel: FakeChannel;
  readonly handler: EndpointHandler;
  readonly session: Session;
  /** What went to the container because nobody took it. */
  readonly reported: unknown[][];
}

export function upgradeRecord(): UpgradeRecord {
  const request = UpgradeRequest.from({
    method: 'GET',
    url: '/chat/blue?name=Ann',
    httpVersion: '1.1',
    rawHeaders: ['Host', 'chat.example', 'Origin', 'https://chat.example'],
    secure: true,
  });
  return new UpgradeRecord(request, new UpgradeResponse('chat.v1', ''), { room: 'blue' }, { user: 'Ann' });
}

export function connect<T extends object>(
  type: new () => T,
  {
    unhandled = 'close',
    onDecodeError = 'close',
    instance = new type(),
    endpoint = type,
  }: {
    unhandled?: 'close' | 'ignore';
    onDecodeError?: 'close' | 'ignore';
    instance?: T;
    endpoint?: object;
  } = {},
): Connected<T> {
  const channel = new FakeChannel();
  const reported: unknown[][] = [];
  const handler = new EndpointHandler(compileEndpoint(endpoint).table, instance, upgradeRecord(), {
    settings: { unhandled, onDecodeError },
    report: (...report) => void reported.push(report),
  });
  void handler.onConnect(channel);
  return { instance, channel, handler, session: handler.session, reported };
}
