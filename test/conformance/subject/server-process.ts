/** A process with our server in it, so that the suite and what it tests have a thread each. Says its port to its parent. */
import { WebSocketContainer } from 'moorage';
import { Echo } from './echo.js';
import { COMPRESSION, PROFILE } from './profile.js';

// Most cases end in an error on purpose. What matters of it is on the wire.
const container = new WebSocketContainer({ ...PROFILE, onEvent: () => undefined });
for (const [name, compression] of Object.entries(COMPRESSION)) {
  container.addEndpoint(`/${name}`, Echo, { compression });
}
const { port } = await container.listen(0, '127.0.0.1');
process.send?.(port);
process.on('disconnect', () => process.exit());
