import { Server } from 'node:net';

// Preloaded into the process that runs a server of the documentation: takes any free port in place of the one that is
// written there, and tells which it was.

const listen = Server.prototype.listen;

function listenAnywhere(this: Server, port: unknown, ...rest: never[]): Server {
  this.once('listening', () => process.send?.(this.address()));
  const anywhere = typeof port === 'object' && port !== null ? { ...port, port: 0 } : 0;
  return Reflect.apply(listen, this, [anywhere, ...rest]);
}

Server.prototype.listen = listenAnywhere as typeof listen;
