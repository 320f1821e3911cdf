/** What is run, and what is read from each run. */

/** One quantity, as a ratio to `ws`. */
export interface Measure {
  readonly key: 'throughput' | 'p99' | 'serverCpu' | 'bytesPerConnection';
  readonly title: string;
  readonly better: 'more' | 'less';
}

export const COMPRESSIONS = ['each', 'takeover'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

export interface Case {
  readonly name: string;
  readonly title: string;
  readonly mode: 'echo' | 'broadcast' | 'connect' | 'idle';
  readonly type: 'text' | 'binary';
  /** Payload bytes. */
  readonly size: number;
  readonly connections: number;
  /** Messages in flight: on each connection for an echo, from the one sender for a broadcast. */
  readonly depth: number;
  /** permessage-deflate for every message: each for itself, or with context takeover by the server. Default none. */
  readonly compression?: Compression;
  readonly measures: readonly Measure[];
}

const more = (title: string): Measure => ({ key: 'throughput', title, better: 'more' });
const less = (key: Measure['key'], title: string): Measure => ({ key, title, better: 'less' });

const echo = [
  more('messages per second'),
  less('p99', 'p99 of the round trip'),
  less('serverCpu', 'server CPU per message'),
];
const broadcast = [
  more('deliveries per second'),
  less('p99', 'p99 until the last has it'),
  less('serverCpu', 'server CPU per delivery'),
];
const connect = [
  more('connections per second'),
  less('p99', 'p99 of the handshake'),
  less('serverCpu', 'server CPU per connection'),
];
const idle = [
  less('bytesPerConnection', 'resident bytes per idle connection'),
  more('handshakes per second'),
  less('p99', 'p99 of the handshake'),
  less('serverCpu', 'server CPU per handshake'),
];

/** @param idleConnections what the limit on open files allows, at most 10,000. */
export function allCases(idleConnections: number): Case[] {
  const small = { type: 'text', size: 64 } as const;
  return [
    {
      name: 'echo-1',
      title: 'echo 64 B text, 100 connections, 1 in flight',
      mode: 'echo',
      ...small,
      connections: 100,
      depth: 1,
      measures: echo,
    },
    {
      name: 'echo-16',
      title: 'echo 64 B text, 100 connections, 16 in flight',
      mode: 'echo',
      ...small,
      connections: 100,
      depth: 16,
      measures: echo,
    },
    {
      name: 'echo-16k',
      title: 'echo 16 KiB binary, 100 connections, 1 in flight',
      mode: 'echo',
      type: 'binary',
      size: 16 * 1024,
      connections: 100,
      depth: 1,
      measures: echo,
    },
    {
      name: 'echo-1m',
      title: 'echo 1 MiB binary, 10 connections, 4 in flight',
      mode: 'echo',
      type: 'binary',
      size: 1024 * 1024,
      connections: 10,
      depth: 4,
      measures: echo,
    },
    {
      name: 'broadcast-1',
      title: 'broadcast 64 B text to 1,000, one at a time',
      mode: 'broadcast',
      ...small,
      connections: 1000,
      depth: 1,
      measures: broadcast,
    },
    {
      name: 'broadcast-16',
      title: 'broadcast 64 B text to 1,000, bursts of 16',
      mode: 'broadcast',
      ...small,
      connections: 1000,
      depth: 16,
      measures: broadcast,
    },
    {
      name: 'connect',
      title: 'connections made, opened and closed again, 50 at a time',
      mode: 'connect',
      ...small,
      connections: 50,
      depth: 1,
      measures: connect,
    },
    {
      name: 'idle',
      title: `${idleConnections.toLocaleString('en')} connections opened and left idle`,
      mode: 'idle',
      ...small,
      connections: idleConnections,
      depth: 1,
      measures: idle,
    },
    ...COMPRESSIONS.flatMap((compression) => compressed(compression)),
  ];
}

/** JSON, every message compressed: what a message costs, and what a connection holds once it has compressed one. */
function compressed(compression: Compression): Case[] {
  const how = compression === 'each' ? 'no context takeover' : 'context takeover';
  const shared = { type: 'text', compression, depth: 1 } as const;
  const echoes = [64, 1024, 4096].map(
    (size): Case => ({
      ...shared,
      name: `deflate-${compression}-${size}`,
      title: `deflate, ${how}: echo ${size} B text, 100 connections, 1 in flight`,
      mode: 'echo',
      size,
      connections: 100,
      measures: echo,
    }),
  );
  return [
    ...echoes,
    {
      ...shared,
      name: `deflate-${compression}-idle`,
      title: `deflate, ${how}: 500 connections that have each echoed 1 KiB`,
      mode: 'idle',
      size: 1024,
      connections: 500,
      measures: idle.slice(0, 1),
    },
  ];
}
