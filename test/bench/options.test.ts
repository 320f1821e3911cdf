import { expect } from 'chai';
import { readOptions } from '#bench/options.js';

describe("The bench's command line", () => {
  it('runs the servers that need nothing but Node, where none are named', () => {
    expect(readOptions([])?.servers).to.deep.equal(['moorage', 'ws', 'net']);
  });

  it('runs the servers that are named, in that order', () => {
    expect(readOptions(['--servers', 'jetty,moorage'])?.servers).to.deep.equal(['jetty', 'moorage']);
  });

  it('refuses a server that it has not', () => {
    expect(() => readOptions(['--servers', 'moorage,tomcat'])).to.throw(
      '--servers takes moorage, ws, net, jetty, not "tomcat"',
    );
  });

  it('warms Jetty up for longer than the others', () => {
    const { warmup = Number.NaN, jvmWarmup = Number.NaN } = readOptions([]) ?? {};
    expect(jvmWarmup).to.be.greaterThan(warmup);
    expect(readOptions(['--jvm-warmup', '2.5'])?.jvmWarmup).to.equal(2.5);
  });

  for (const [option, value, most] of [
    ['--rounds', '0', 1000],
    ['--seconds', '601', 600],
    ['--seconds', 'two', 600],
    ['--warmup', '-1', 60],
    ['--jvm-warmup', '61', 60],
  ] as const) {
    it(`refuses ${option} ${value}`, () => {
      expect(() => readOptions([`${option}=${value}`])).to.throw(
        `${option} takes a number above 0, at most ${most}, not "${value}"`,
      );
    });
  }

  it('refuses an option that it does not know', () => {
    expect(() => readOptions(['--round', '3'])).to.throw("Unknown option '--round'");
  });

  it('takes lists of cases', () => {
    expect(readOptions(['--only', 'echo,idle'])?.only).to.deep.equal(['echo', 'idle']);
  });

  it('is asked for help', () => {
    expect(readOptions(['--help'])).to.equal(undefined);
  });
});
