import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findJetty } from '#bench/jetty.js';

describe('Jetty in the bench', () => {
  it('is left out in plain words where it is not installed', async () => {
    const nothing = await mkdtemp(join(tmpdir(), 'moorage-no-jetty-'));
    try {
      expect(findJetty(nothing)).to.equal(
        `there is no ${nothing}/servlet-api.jar (on Debian: apt-get install default-jdk-headless libjetty9-extra-java)`,
      );
    } finally {
      await rm(nothing, { recursive: true });
    }
  });
});
