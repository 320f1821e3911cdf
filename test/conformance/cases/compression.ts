/** Categories 12 and 13: permessage-deflate with different payloads, and with different parameters. */
import type { ConformanceCase } from '../case.js';
import type { DeflateRequest } from '../peer/deflate-agreement.js';
import { CORPORA, type Corpus, type CorpusName } from './corpora.js';
import { echoes } from './echoes.js';

const MESSAGES = 1000;

/** Length of the messages (code points of text, bytes otherwise), size of their fragments or 0, seconds for all of them. */
const GRID: readonly (readonly [length: number, fragmentSize: number, seconds: number])[] = [
  [16, 0, 60],
  [64, 0, 60],
  [256, 0, 120],
  [1024, 0, 240],
  [4096, 0, 480],
  [8192, 0, 480],
  [16_384, 0, 480],
  [32_768, 0, 480],
  [65_536, 0, 480],
  [131_072, 0, 480],
  [8192, 256, 480],
  [16_384, 256, 480],
  [32_768, 256, 480],
  [65_536, 256, 480],
  [131_072, 256, 480],
  [131_072, 1024, 480],
  [131_072, 4096, 480],
  [131_072, 32_768, 480],
];

const DEFAULT: DeflateRequest = { noContextTakeover: false, windowBits: 0 };

const PAYLOADS: readonly CorpusName[] = ['json', 'bitmap', 'prose', 'html', 'document'];

/** What is asked of the other side's compressor, the best first. */
const REQUESTS: readonly (readonly DeflateRequest[])[] = [
  [DEFAULT],
  [{ noContextTakeover: true, windowBits: 0 }],
  [{ noContextTakeover: false, windowBits: 9 }],
  [{ noContextTakeover: false, windowBits: 15 }],
  [{ noContextTakeover: true, windowBits: 9 }],
  [{ noContextTakeover: true, windowBits: 15 }],
  [{ noContextTakeover: true, windowBits: 9 }, { noContextTakeover: true, windowBits: 0 }, DEFAULT],
];

function grid(prefix: string, group: string, corpus: Corpus, deflate: readonly DeflateRequest[]): ConformanceCase[] {
  return GRID.map(([length, fragmentSize, seconds], index) =>
    echoes({
      id: `${prefix}.${index + 1}`,
      group,
      description: `${MESSAGES} ${corpus.type} messages of ${length} ${corpus.unit}${fragmentSize === 0 ? '' : `, compressed and sent in fragments of ${fragmentSize} bytes`}`,
      type: corpus.type,
      messages: MESSAGES,
      payload: (message) => corpus.slice(message, length),
      send: (peer, payload) => peer.sendMessage(corpus.type, payload, fragmentSize),
      seconds,
      deflate,
    }),
  );
}

function inWords({ noContextTakeover, windowBits }: DeflateRequest): string {
  const takeover = noContextTakeover ? 'no context takeover' : 'context takeover';
  return windowBits === 0 ? takeover : `${takeover}, ${windowBits} window bits`;
}

export const COMPRESSION_PAYLOADS: readonly ConformanceCase[] = PAYLOADS.flatMap((name, index) => {
  const corpus = CORPORA[name];
  return grid(`12.${index + 1}`, `Compression: ${corpus.title}`, corpus, [DEFAULT]);
});

export const COMPRESSION_PARAMETERS: readonly ConformanceCase[] = REQUESTS.flatMap((requests, index) =>
  grid(`13.${index + 1}`, `Compression: ${requests.map(inWords).join(', else ')}`, CORPORA.json, requests),
);
