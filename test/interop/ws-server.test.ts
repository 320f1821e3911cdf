import { itServesOurClient, UNCOMPRESSED } from './foreign-server-contract.js';
import { startWsServer } from './ws-server.js';

describe('Interop with the ws server', () => {
  itServesOurClient(startWsServer, [
    UNCOMPRESSED,
    {
      title: 'With compression, each message on its own',
      compression: { threshold: 0 },
      agreed: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    },
    {
      title: 'With compression, messages referring to earlier ones',
      compression: { threshold: 0, contextTakeover: true },
      agreed: 'permessage-deflate; server_max_window_bits=12',
    },
    {
      title: 'With compression and the largest window',
      compression: { threshold: 0, contextTakeover: true, windowBits: 15 },
      agreed: 'permessage-deflate',
    },
  ]);
});
