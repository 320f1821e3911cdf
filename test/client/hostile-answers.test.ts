import { expect } from 'chai';
import fc from 'fast-check';
import { MoorageError } from 'moorage';
import { putAwayAfterEach } from '../server/serving.js';
import { type Asked, answering, newClient } from './answering.js';
import { Witness } from './witness.js';

/** Changes to an answer: a piece replaced, or everything from some place on left out. */
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom('\r\n', '\r\n\r\n', ': ', 'HTTP/1.1 101 X\r\n', 'HTTP/1.1 302 X\r\nLocation: /\r\n', '\0')
      .map((text) => Buffer.from(text)),
  ),
});

describe('An answer with anything in it', () => {
  putAwayAfterEach();

  it('opens a session or is a typed error, and harms nothing else', async function () {
    this.timeout(30_000);
    let answer: (asked: Asked) => Buffer = () => Buffer.alloc(0);
    const server = await answering((asked) => asked.socket.end(answer(asked)));
    const client = newClient({ handshakeTimeout: 2_000 });
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { maxLength: 4 }), async (mutations) => {
        answer = (asked) => {
          let text: Buffer = Buffer.from(asked.switching());
          for (const { at, length, bytes } of mutations) {
            const start = Math.floor(at * text.length);
            text = Buffer.concat([text.subarray(0, start), bytes, text.subarray(start + length)]);
          }
          return text;
        };
        const witness = new Witness();
        try {
          await client.connect(witness, server.url, { followRedirects: 1 });
          expect(witness.log.entries[0]).to.equal('connect');
        } catch (cause) {
          if (!(cause instanceof MoorageError)) throw cause;
          expect(witness.log.entries).to.deep.equal([`error ${cause.code}`]);
        }
      }),
      { numRuns: 300, seed: 6455 },
    );
  });
});
