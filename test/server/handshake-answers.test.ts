import { expect } from 'chai';
import { OnWebSocketMessage, WebSocket } from 'moorage';
import { RawPeer, type RawResponse, type RequestParts, SAMPLE_ACCEPT, upgradeRequest } from '../support/raw-peer.js';
import { putAwayAfterEach, type Serving, serve, tracked } from './serving.js';

@WebSocket({ path: '/echo', subprotocols: ['soap', 'wamp'] })
class Echo {
  @OnWebSocketMessage
  onText(text: string): string {
    return text;
  }
}

@WebSocket({ path: '/rooms/{room}' })
class Room extends Echo {}

/** Sends a request and reads everything until the server ends the connection. */
async function refusal({ target }: Serving, parts: RequestParts): Promise<RawResponse & { readonly rest: string }> {
  const { peer, response } = await RawPeer.request(target, parts);
  tracked(peer);
  const rest = (await peer.readToEnd()).toString();
  return { ...response, rest };
}

function describeAnswers(secure: boolean): void {
  describe(`Opening handshake over ${secure ? 'https' : 'http'} (RFC 6455 §4.2)`, () => {
    putAwayAfterEach();

    let serving: Serving;
    beforeEach(async () => {
      serving = await serve(
        (container) => {
          container.addEndpoint(Echo);
          container.addEndpoint(Room);
        },
        { secure },
      );
    });

    async function expectRefusal(parts: RequestParts, status: number): Promise<RawResponse> {
      const answer = await refusal(serving, { path: '/echo', ...parts });
      expect(answer.status, answer.text).to.equal(status);
      expect(answer.headers['connection']).to.equal('close');
      expect(Number(answer.headers['content-length'])).to.equal(Buffer.byteLength(answer.rest));
      return answer;
    }

    describe('accepts', () => {
      async function expectAccepted(parts: RequestParts): Promise<{ peer: RawPeer; response: RawResponse }> {
        const { peer, response } = await RawPeer.request(serving.target, { path: '/echo', ...parts });
        tracked(peer);
        expect(response.status, response.text).to.equal(101);
        return { peer, response };
      }

      it('a plain request, with the key that RFC 6455 §1.3 computes', async () => {
        const { peer, response } = await expectAccepted({});
        expect(response.headers).to.deep.equal(
          Object.assign(Object.create(null), {
            upgrade: 'websocket',
            connection: 'Upgrade',
            'sec-websocket-accept': SAMPLE_ACCEPT,
          }),
        );
        peer.sendText('hello');
        expect(await peer.readText()).to.equal('hello');
      });

      it('tokens in any case and in lists', async () => {
        await expectAccepted({ headers: { Upgrade: 'h2c, WebSocket', Connection: 'keep-alive, UPGRADE' } });
      });

      it('header names in any case', async () => {
        await expectAccepted({ headers: { 'sec-websocket-VERSION': '13', UPGRADE: 'websocket' } });
      });

      it('a query beside the path', async () => {
        await expectAccepted({ path: '/echo?x=1' });
      });

      it('an absolute request-target (RFC 9112 §3.2.2)', async () => {
        await expectAccepted({ path: 'ws://localhost/echo' });
      });

      it('a percent-encoded path', async () => {
        await expectAccepted({ path: '/rooms/caf%C3%A9' });
      });

      it('a content length of 0', async () => {
        await expectAccepted({ headers: { 'Content-Length': '0' } });
      });

      it('the first offered subprotocol that the endpoint supports', async () => {
        const { response } = await expectAccepted({ headers: { 'Sec-WebSocket-Protocol': 'mqtt, wamp, soap' } });
        expect(response.headers['sec-websocket-protocol']).to.equal('wamp');
      });

      it('without a subprotocol when none of those offered is supported', async () => {
        const { response } = await expectAccepted({ headers: { 'Sec-WebSocket-Protocol': 'mqtt' } });
        expect(response.headers).not.to.have.property('sec-websocket-protocol');
      });

      it('without extensions it does not know', async () => {
        const { response } = await expectAccepted({
          headers: { 'Sec-WebSocket-Extensions': 'x-unknown; a="b", permessage-unknown; server_max_window_bits=99' },
        });
        expect(response.headers).not.to.have.property('sec-websocket-extensions');
      });

      it('a page of the same origin', async () => {
        await expectAccepted({ headers: { Origin: `${secure ? 'https' : 'http'}://localhost` } });
      });

      it('a client without an Origin', async () => {
        await expectAccepted({ headers: { Origin: undefined } });
      });
    });

    describe('refuses', () => {
      it('a path without an endpoint: 404', async () => {
        await expectRefusal({ path: '/nobody' }, 404);
      });

      it('a path variable that is empty: 404', async () => {
        await expectRefusal({ path: '/rooms/' }, 404);
      });

      it('another method than GET: 405, and says which', async () => {
        const { headers } = await expectRefusal({ method: 'POST' }, 405);
        expect(headers['allow']).to.equal('GET');
      });

      it('HTTP/1.0: 505', async () => {
        await expectRefusal({ version: 'HTTP/1.0' }, 505);
      });

      it('an upgrade to something else: 426, and says to what', async () => {
        const { headers } = await expectRefusal({ headers: { Upgrade: 'h2c' } }, 426);
        expect(headers['upgrade']).to.equal('websocket');
      });

      for (const [what, version] of [
        ['another', '8'],
        ['a missing', undefined],
        ['a repeated', ['13', '13']],
        ['a listed', '13, 8'],
      ] as const) {
        it(`${what} Sec-WebSocket-Version: 426, and says which (RFC 6455 §4.4)`, async () => {
          const { headers } = await expectRefusal({ headers: { 'Sec-WebSocket-Version': version } }, 426);
          expect(headers['sec-websocket-version']).to.equal('13');
        });
      }

      for (const [what, key] of [
        ['a missing', undefined],
        ['an empty', ''],
        ['a short', 'c2hvcnQ='],
        ['an unpadded', 'dGhlIHNhbXBsZSBub25jZQ'],
        ['a long', 'dGhlIHNhbXBsZSBub25jZSBpcyBsb25n'],
        ['a repeated', ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ==']],
      ] as const) {
        it(`${what} Sec-WebSocket-Key: 400`, async () => {
          await expectRefusal({ headers: { 'Sec-WebSocket-Key': key } }, 400);
        });
      }

      it('a body by Content-Length: 400', async () => {
        await expectRefusal({ headers: { 'Content-Length': '5' } }, 400);
      });

      it('a body by Transfer-Encoding: 400', async () => {
        await expectRefusal({ headers: { 'Transfer-Encoding': 'chunked' } }, 400);
      });

      it('a malformed list of subprotocols: 400', async () => {
        await expectRefusal({ headers: { 'Sec-WebSocket-Protocol': 'soap wamp' } }, 400);
      });

      it('a malformed list of extensions: 400', async () => {
        await expectRefusal({ headers: { 'Sec-WebSocket-Extensions': 'a; b="c' } }, 400);
      });

      it('bad percent-encoding in the path: 400', async () => {
        await expectRefusal({ path: '/rooms/%ZZ' }, 400);
        await expectRefusal({ path: '/rooms/%C3' }, 400);
      });

      it('over 64 subprotocols: 400', async () => {
        const names = Array.from({ length: 65 }, (_, i) => `p${i}`);
        await expectRefusal({ headers: { 'Sec-WebSocket-Protocol': names.join(', ') } }, 400);
      });

      it('over 16 extension offers: 400', async () => {
        await expectRefusal({ headers: { 'Sec-WebSocket-Extensions': Array(17).fill('x').join(', ') } }, 400);
      });

      it('too many headers: 431', async () => {
        const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-${i}`, '1']));
        await expectRefusal({ headers: many }, 431);
      });

      it('too long a request-target: 414', async () => {
        await expectRefusal({ path: `/echo?${'x'.repeat(10_000)}` }, 414);
      });

      it('headers larger than the HTTP server takes: 431', async () => {
        const { response } = await RawPeer.request(serving.target, {
          path: '/echo',
          headers: { 'X-Large': 'x'.repeat(20_000) },
        });
        expect(response.status).to.equal(431);
      });

      for (const [what, origin] of [
        ['a foreign', 'https://attacker.example'],
        ['a null', 'null'],
        ['a suffixed', 'http://localhost.attacker.example'],
        ['a malformed', 'localhost'],
      ] as const) {
        it(`${what} Origin: 403, and does not say why`, async () => {
          const answer = await expectRefusal({ headers: { Origin: origin } }, 403);
          expect(answer.text.toLowerCase()).not.to.contain('origin');
        });
      }

      it('two Origins: 403', async () => {
        const own = `${secure ? 'https' : 'http'}://localhost`;
        await expectRefusal({ headers: { Origin: [own, own] } }, 403);
      });
    });

    describe('checks in one order', () => {
      it('the path before everything else', async () => {
        await expectRefusal({ path: '/nobody', method: 'POST', headers: { Upgrade: 'h2c' } }, 404);
      });

      it('the method before the version of HTTP, and that before the headers', async () => {
        await expectRefusal({ method: 'POST', version: 'HTTP/1.0' }, 405);
        await expectRefusal({ version: 'HTTP/1.0', headers: { 'Sec-WebSocket-Key': undefined } }, 505);
      });

      it('the upgrade token before the version, and that before the key', async () => {
        const headers = { Upgrade: 'h2c', 'Sec-WebSocket-Version': '8', 'Sec-WebSocket-Key': undefined };
        const first = await expectRefusal({ headers }, 426);
        expect(first.headers).not.to.have.property('sec-websocket-version');
        const second = await expectRefusal({ headers: { ...headers, Upgrade: 'websocket' } }, 426);
        expect(second.headers['sec-websocket-version']).to.equal('13');
      });

      it('the key before a body, grammar and origin', async () => {
        await expectRefusal(
          { headers: { 'Sec-WebSocket-Key': 'x', 'Content-Length': '5', Origin: 'https://attacker.example' } },
          400,
        );
      });

      it('grammar, also of the path, before the origin', async () => {
        const headers = { Origin: 'https://attacker.example' };
        await expectRefusal({ headers: { ...headers, 'Sec-WebSocket-Protocol': ';' } }, 400);
        await expectRefusal({ path: '/rooms/%ZZ', headers }, 400);
      });
    });

    describe('a refusal is final', () => {
      it('frames sent behind the request are never parsed', async () => {
        const peer = tracked(await RawPeer.connect(serving.target));
        peer.send(upgradeRequest({ path: '/echo', headers: { 'Content-Length': '20' } }));
        peer.sendText('hello');
        const response = await peer.readResponse();
        expect(response.status).to.equal(400);
        expect((await peer.readToEnd()).toString()).to.equal('Bad Request\n');
      });

      it('a second request behind the first is never answered', async () => {
        const peer = tracked(await RawPeer.connect(serving.target));
        peer.send(upgradeRequest({ path: '/nobody' }) + upgradeRequest({ path: '/echo' }));
        const answers = (await peer.readToEnd()).toString();
        expect(answers.match(/HTTP\/1\.1 /g)).to.have.length(1);
        expect(answers).to.match(/^HTTP\/1\.1 404 /);
      });

      it('a peer that goes on sending still reads the answer, and is cut off', async () => {
        const { peer, response } = await RawPeer.request(serving.target, { path: '/nobody' });
        tracked(peer);
        expect(response.status).to.equal(404);
        expect((await peer.readToEnd()).toString()).to.equal('Not Found\n');
        const cutOff = new Promise((resolve) => peer.socket.once('close', resolve));
        const junk = Buffer.alloc(4096);
        const sending = setInterval(() => peer.send(junk), 5);
        await cutOff.finally(() => clearInterval(sending));
      });
    });
  });
}

describeAnswers(false);
describeAnswers(true);
