import { expect } from 'chai';
import { UpgradeError, WebSocketClient } from 'moorage';
import { type ForeignServer, itServesOurClient, UNCOMPRESSED } from './foreign-server-contract.js';
import { jettyProgram } from './jetty.js';
import { startListening } from './listening-process.js';
import { Visitor } from './visitor.js';

describe('Interop with the server of Jetty 9.4', () => {
  let server: ForeignServer;

  // Jetty takes each of the two context takeover parameters for the other. Both and neither mean the same then, so
  // these are what works, and what our client asks for.
  itServesOurClient(
    async (context) => {
      server = await startListening(await jettyProgram(context, 'EndpointServer'));
      return server;
    },
    [
      UNCOMPRESSED,
      {
        title: 'With compression, each message on its own',
        compression: { threshold: 0 },
        agreed: 'permessage-deflate;client_no_context_takeover;server_no_context_takeover',
      },
      {
        title: 'With compression, messages referring to earlier ones',
        compression: { threshold: 0, contextTakeover: true, windowBits: 15 },
        agreed: 'permessage-deflate',
      },
    ],
  );

  it('is left by our client where it takes an offer and drops the window that was asked for', async () => {
    // RFC 7692 §7.1.2.1: a server that takes an offer of server_max_window_bits answers it.
    const client = new WebSocketClient({ compression: { contextTakeover: true, windowBits: 12 } });
    const failure = await client.connect(new Visitor(), `ws://127.0.0.1:${server.port}/pieces`).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.be.instanceOf(UpgradeError);
    const { code, message } = failure as UpgradeError;
    expect(code).to.equal('MOORAGE_RESPONSE_EXTENSION');
    expect(message).to.include('permessage-deflate');
  });
});
