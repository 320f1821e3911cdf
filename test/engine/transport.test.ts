import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { expectEvents, open, Rig, settled } from '../support/engine.js';
import { MemoryTransport } from '../support/memory-transport.js';
import { Wire } from '../support/wire.js';

describe('what a connection knows of its transport', () => {
  it('is nothing of a stream that is no socket', () => {
    const { connection } = open('server');
    expect(connection.isSecure).to.equal(false);
    expect(connection.remoteAddress).to.deep.equal({ address: undefined, port: undefined, family: undefined });
    expect(connection.localAddress).to.deep.equal({ address: undefined, port: undefined, family: undefined });
  });

  it('is that TLS encrypts it', () => {
    const transport = Object.assign(new MemoryTransport(), { encrypted: true });
    expect(new Rig('server', transport).connection.isSecure).to.equal(true);
  });

  it('are both addresses of a socket', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const near = connect(port, '127.0.0.1');
    const [far] = (await once(server, 'connection')) as [Socket];
    const rig = new Rig<Duplex>('server', far);
    expect(rig.connection.localAddress).to.deep.equal({ address: '127.0.0.1', port, family: 'IPv4' });
    expect(rig.connection.remoteAddress).to.deep.equal({ address: '127.0.0.1', port: near.localPort, family: 'IPv4' });
    near.write(new Wire('client').close(1000));
    await once(near.resume(), 'close');
    await settled();
    expectEvents(rig, 'connect', 'close 1000');
    server.close();
  });
});
