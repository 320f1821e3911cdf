import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { SocketWatch } from '#moorage/server/socket-watch.js';

/** Once all that a stream has to say has been said. */
async function said(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('A watch over a socket whose upgrade waits for the application', () => {
  it('keeps what the peer sends meanwhile, in order, through several waits', async () => {
    const socket = new PassThrough();
    const watch = new SocketWatch(socket, 0, () => {});
    watch.start();
    socket.write('one');
    await said();
    watch.stop();
    socket.write('two');
    await said();
    watch.start();
    await said();
    watch.stop();
    expect(Buffer.concat(watch.release()).toString()).to.equal('onetwo');
  });

  it('sees that the peer has gone, in the second wait as in the first', async () => {
    for (const waits of [1, 2]) {
      const socket = new PassThrough();
      let gone = 0;
      const watch = new SocketWatch(socket, 0, () => {
        gone += 1;
      });
      watch.start();
      if (waits === 2) {
        await said();
        watch.stop();
        watch.start();
      }
      socket.end();
      await said();
      expect(gone, `in wait ${waits}`).to.be.greaterThan(0);
    }
  });

  it('takes in 64 KiB and lets the peer wait then, in later waits too', async () => {
    const socket = new PassThrough({ highWaterMark: 1 << 20 });
    const watch = new SocketWatch(socket, 60 * 1024, () => {});
    watch.start();
    socket.write(Buffer.alloc(5 * 1024));
    await said();
    expect(socket.isPaused()).to.equal(true);
    watch.stop();
    watch.start();
    expect(socket.isPaused()).to.equal(true);
  });
});
