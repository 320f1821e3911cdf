import { expect } from 'chai';
import { confirmExtensions, offerExtensions } from '#moorage/protocol/extensions/negotiation.js';
import { perMessageDeflate } from '#moorage/protocol/extensions/permessage-deflate.js';
import { answerTo } from './stack.js';

const PMD = 'permessage-deflate';
const NEITHER = `${PMD}; server_no_context_takeover; client_no_context_takeover`;

function table(
  rows: readonly (readonly [offer: string, answer: string])[],
  ...options: Parameters<typeof perMessageDeflate>
) {
  for (const [offer, answer] of rows) {
    it(`answers ${JSON.stringify(offer)} with ${JSON.stringify(answer)}`, () => {
      expect(answerTo(offer, perMessageDeflate(...options))).to.equal(answer);
    });
  }
}

describe('Negotiating permessage-deflate as a server (RFC 7692 §7.1)', () => {
  describe('without context takeover', () => {
    table([
      [PMD, NEITHER],
      [`${PMD}; client_max_window_bits`, NEITHER],
      [`${PMD}; client_max_window_bits=10`, NEITHER],
      [`${PMD}; client_no_context_takeover`, NEITHER],
      [`${PMD}; server_no_context_takeover`, NEITHER],
      // §7.1.2.1: answered because it was offered.
      [`${PMD}; server_max_window_bits=10`, `${NEITHER}; server_max_window_bits=10`],
      [`${PMD}; server_max_window_bits=15`, `${NEITHER}; server_max_window_bits=15`],
      [`${PMD}; server_max_window_bits="11"`, `${NEITHER}; server_max_window_bits=11`],
    ]);
  });

  describe('with context takeover', () => {
    table(
      [
        [`${PMD}; client_max_window_bits`, `${PMD}; server_max_window_bits=12; client_max_window_bits=12`],
        // The client's own limit is as good as the server's.
        [`${PMD}; client_max_window_bits=10`, `${PMD}; server_max_window_bits=12`],
        [`${PMD}; client_max_window_bits=15`, `${PMD}; server_max_window_bits=12; client_max_window_bits=12`],
        // §7.1.2.2: a client that didn't offer it can't be limited, and so is to keep nothing.
        [PMD, `${PMD}; client_no_context_takeover; server_max_window_bits=12`],
        [
          `${PMD}; client_max_window_bits; server_max_window_bits=9`,
          `${PMD}; server_max_window_bits=9; client_max_window_bits=12`,
        ],
        [
          `${PMD}; client_max_window_bits; server_no_context_takeover`,
          `${PMD}; server_no_context_takeover; client_max_window_bits=12`,
        ],
        [
          `${PMD}; client_max_window_bits; client_no_context_takeover`,
          `${PMD}; client_no_context_takeover; server_max_window_bits=12`,
        ],
      ],
      { contextTakeover: true },
    );
  });

  describe('with context takeover and the largest windows', () => {
    table(
      [
        [PMD, PMD],
        [`${PMD}; client_max_window_bits`, PMD],
        [`${PMD}; server_max_window_bits=13`, `${PMD}; server_max_window_bits=13`],
      ],
      { contextTakeover: true, windowBits: 15 },
    );
  });

  describe('declines', () => {
    for (const parameters of [
      'server_no_context_takeover=1',
      'client_no_context_takeover="true"',
      'server_no_context_takeover; server_no_context_takeover',
      'client_max_window_bits; client_max_window_bits=10',
      'server_max_window_bits',
      'server_max_window_bits=7',
      'server_max_window_bits=16',
      'server_max_window_bits=08',
      'server_max_window_bits=010',
      'server_max_window_bits=+10',
      'server_max_window_bits=1e1',
      'server_max_window_bits=10.0',
      'server_max_window_bits=""',
      'client_max_window_bits=7',
      'client_max_window_bits=16',
      'client_max_window_bits=015',
      'unknown',
      'unknown=1',
      'toString',
      'Server_No_Context_Takeover',
      // zlib has no compressor with a window of 256 bytes.
      'server_max_window_bits=8',
    ]) {
      it(parameters, () => {
        expect(answerTo(`${PMD}; ${parameters}`, perMessageDeflate())).to.equal('');
      });
    }

    it('and takes the next offer', () => {
      const offers = `${PMD}; server_max_window_bits=8, ${PMD}; unknown, ${PMD}; server_max_window_bits=9, ${PMD}`;
      expect(answerTo(offers, perMessageDeflate())).to.equal(`${NEITHER}; server_max_window_bits=9`);
    });
  });

  it('is not offered, not answered', () => {
    expect(answerTo('', perMessageDeflate())).to.equal('');
    expect(answerTo('permessage-bzip2', perMessageDeflate())).to.equal('');
    expect(answerTo(PMD)).to.equal('');
  });
});

describe('Negotiating permessage-deflate as a client', () => {
  const plain = perMessageDeflate();
  const sharing = perMessageDeflate({ contextTakeover: true });
  const accepted = (answer: string, extension = plain): string | undefined =>
    confirmExtensions(answer, [extension])?.text;

  it('asks both sides to keep nothing', () => {
    expect(offerExtensions([plain])).to.equal(`${NEITHER}; client_max_window_bits`);
  });

  it('asks for windows of its own size with context takeover, and without them rather than not at all', () => {
    expect(offerExtensions([sharing])).to.equal(
      `${PMD}; server_max_window_bits=12; client_max_window_bits, ${PMD}; server_no_context_takeover; client_max_window_bits`,
    );
  });

  for (const answer of [
    `${PMD}; server_no_context_takeover`,
    NEITHER,
    `${NEITHER}; server_max_window_bits=8`,
    `${NEITHER}; client_max_window_bits=8`,
    `${NEITHER}; server_max_window_bits=15; client_max_window_bits=9`,
  ]) {
    it(`accepts "${answer}"`, () => {
      expect(accepted(answer)).to.equal(answer);
    });
  }

  for (const [why, answer, extension] of [
    ['a server that keeps what it was asked not to', PMD, plain],
    ['a limit without a value', `${NEITHER}; client_max_window_bits`, plain],
    ['a limit out of range', `${NEITHER}; client_max_window_bits=16`, plain],
    ['a parameter twice', `${NEITHER}; client_no_context_takeover`, plain],
    ['an unknown parameter', `${NEITHER}; foo`, plain],
    ['a larger window than was asked for', `${PMD}; server_max_window_bits=13`, sharing],
    ['no window where one was asked for', PMD, sharing],
  ] as const) {
    it(`refuses ${why}`, () => {
      expect(() => accepted(answer, extension))
        .to.throw('The server answered "permessage-deflate" with parameters that the offer doesn\'t allow: ')
        .with.property('code', 'MOORAGE_EXTENSION_PARAMETERS');
    });
  }
});

describe('The options of permessage-deflate', () => {
  it('are checked, all at once', () => {
    expect(() => perMessageDeflate({ level: 10, windowBits: 8, treshold: 1, contextTakeover: 1 } as object)).to.throw(
      RangeError,
      "Compression can't be set up so: level is 10. Accepted: a whole number from 0 to 9. " +
        'windowBits is 8. Accepted: a whole number from 9 to 15. ' +
        'treshold is not an option. The options are threshold, level, memLevel, contextTakeover, windowBits. ' +
        'contextTakeover is 1. Accepted: true or false.',
    );
  });

  it('may be undefined, which is as if they had not been given', () => {
    expect(answerTo(PMD, perMessageDeflate({ contextTakeover: undefined } as object))).to.equal(NEITHER);
  });
});
