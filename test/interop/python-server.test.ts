import { fileURLToPath } from 'node:url';
import { itServesOurClient, UNCOMPRESSED } from './foreign-server-contract.js';
import { startListening } from './listening-process.js';
import { PYTHON, requirePythonWebsockets } from './python.js';

const SCRIPT = fileURLToPath(new URL('../../../test/interop/python-server.py', import.meta.url));

describe('Interop with the Python websockets server', () => {
  itServesOurClient(
    (context) => {
      requirePythonWebsockets(context);
      return startListening([PYTHON, '-X', 'utf8', SCRIPT]);
    },
    [
      UNCOMPRESSED,
      {
        title: 'With compression, each message on its own',
        compression: { threshold: 0 },
        agreed:
          'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=12',
      },
      {
        title: 'With compression, messages referring to earlier ones',
        compression: { threshold: 0, contextTakeover: true },
        agreed: 'permessage-deflate; server_max_window_bits=12; client_max_window_bits=12',
      },
    ],
  );
});
