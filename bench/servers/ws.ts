/** `ws` as its own README shows it: every default, echo or broadcast, compression on request. */
import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';
import { announce } from './announce.js';

const broadcast = process.argv[2] === 'broadcast';
const server = createServer();
const compressions = {
  none: false,
  each: { threshold: 0, serverNoContextTakeover: true, clientNoContextTakeover: true },
  takeover: { threshold: 0 },
};
const perMessageDeflate = compressions[(process.argv[3] ?? 'none') as keyof typeof compressions];
const webSockets = new WebSocketServer({ server, perMessageDeflate });

webSockets.on('connection', (socket) => {
  socket.on('error', () => {});
  if (broadcast) {
    socket.on('message', (data, isBinary) => {
      for (const client of webSockets.clients) {
        if (client.readyState === client.OPEN) client.send(data, { binary: isBinary });
      }
    });
  } else {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  }
});

announce(server);
