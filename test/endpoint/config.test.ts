import { expect } from 'chai';
import { ConfigurationError, type EndpointOptions } from 'moorage';
import { resolveSettings } from '#moorage/endpoint/config.js';
import { DEFAULT_CONNECTION_SETTINGS } from '#moorage/engine/settings.js';

function problems(options: object): readonly string[] {
  try {
    resolveSettings({}, options as EndpointOptions);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError).that.includes({ code: 'MOORAGE_INVALID_OPTION' });
    return (error as ConfigurationError).problems;
  }
  return [];
}

describe('Options of an endpoint', () => {
  it('have defaults', () => {
    expect(resolveSettings({}, {})).to.deep.equal({
      path: undefined,
      stateless: false,
      maxConnections: Infinity,
      subprotocols: [],
      origins: 'same-origin',
      unhandled: 'close',
      onDecodeError: 'close',
      extensions: [],
      connection: DEFAULT_CONNECTION_SETTINGS,
    });
  });

  it('lie over those of the container', () => {
    const settings = resolveSettings(
      { idleTimeout: 1, closeTimeout: 2, keepAlive: { interval: 3, timeout: 4 }, origins: 'any' },
      { idleTimeout: 5, closeTimeout: undefined, keepAlive: { interval: 6 }, path: '/x', stateless: true } as object,
    );
    expect(settings).to.include({ path: '/x', stateless: true, origins: 'any' });
    expect(settings.connection).to.include({
      idleTimeout: 5,
      closeTimeout: 2,
      keepAliveInterval: 6,
      keepAliveTimeout: 4,
    });
  });

  it('switch keep-alive off with false', () => {
    expect(resolveSettings({}, { keepAlive: false }).connection.keepAliveInterval).to.equal(0);
    expect(resolveSettings({ keepAlive: false }, {}).connection.keepAliveInterval).to.equal(0);
    expect(resolveSettings({ keepAlive: false }, { keepAlive: {} }).connection.keepAliveInterval).to.equal(25_000);
  });

  it('put the low-water mark at half of the high-water mark', () => {
    expect(resolveSettings({}, { writeHighWater: 1001 }).connection.writeLowWater).to.equal(500);
    expect(() => resolveSettings({}, { writeHighWater: 10, writeLowWater: 11 })).to.throw(
      ConfigurationError,
      'writeLowWater (11) is above writeHighWater (10). Waiting sends settle below the one and are made to wait from the other, so it must be at most as high.',
    );
  });

  it('are frozen, and copied where they could be changed', () => {
    const subprotocols = ['v1'];
    const settings = resolveSettings({}, { subprotocols });
    subprotocols.push('v2');
    expect(settings.subprotocols).to.deep.equal(['v1']);
    for (const part of [settings, settings.subprotocols, settings.connection, settings.connection.limits]) {
      expect(Object.isFrozen(part)).to.equal(true);
    }
  });

  it('that are unknown are refused, and the nearest known one is named', () => {
    expect(problems({ idelTimeout: 5 })).to.deep.equal(['idelTimeout is not an option. Did you mean idleTimeout?']);
    expect(problems({ MaxTextMessagesize: 5 })).to.deep.equal([
      'MaxTextMessagesize is not an option. Did you mean maxTextMessageSize?',
    ]);
    expect(problems({ keepAlive: { intervall: 5 } })).to.deep.equal([
      'keepAlive.intervall is not an option. Did you mean keepAlive.interval?',
    ]);
    expect(problems({ perMessageDeflate: true })[0]).to.match(
      /^perMessageDeflate is not an option\. The options are max.+, encoders\.$/,
    );
    expect(problems({ toString: 1 })[0]).to.match(/^toString is not an option/);
    expect(() => resolveSettings({ path: '/x' } as object, {})).to.throw('path is not an option.');
  });

  const LIMIT = 'a whole number from 1, or Infinity';
  const COUNT = 'a whole number from 1';
  const TIMEOUT = 'whole milliseconds; 0 or Infinity for never';
  const TIME = 'whole milliseconds from 1';
  const ORIGINS =
    "'same-origin', 'any', or a list of whole origins such as 'https://chat.example' (scheme, host and port, no path), RegExps and 'null'";
  const NAMES = "a list of different names of subprotocols, such as ['chat.v2', 'chat.v1']";
  const wrong: readonly (readonly [EndpointOptions | object, string])[] = [
    [{ maxTextMessageSize: 0 }, `maxTextMessageSize is 0. Accepted: ${LIMIT}.`],
    [{ maxBinaryMessageSize: -1 }, `maxBinaryMessageSize is -1. Accepted: ${LIMIT}.`],
    [{ maxFrameSize: Number.NaN }, `maxFrameSize is NaN. Accepted: ${LIMIT}.`],
    [{ maxFragments: 1.5 }, `maxFragments is 1.5. Accepted: ${LIMIT}.`],
    [{ idleTimeout: '30s' }, `idleTimeout is "30s". Accepted: ${TIMEOUT}.`],
    [{ closeTimeout: Infinity }, `closeTimeout is Infinity. Accepted: ${TIME}.`],
    [{ keepAlive: true }, 'keepAlive is true. Accepted: false, or { interval, timeout } in milliseconds.'],
    [{ keepAlive: { timeout: 0 } }, `keepAlive.timeout is 0. Accepted: ${TIME}.`],
    [{ writeHighWater: Infinity }, `writeHighWater is Infinity. Accepted: ${COUNT}.`],
    [{ maxQueuedBytes: null }, `maxQueuedBytes is null. Accepted: ${LIMIT}.`],
    [{ lookAheadMessages: 0 }, `lookAheadMessages is 0. Accepted: ${COUNT}.`],
    [{ origins: ['chat.example'] }, `origins is an array. Accepted: ${ORIGINS}.`],
    [{ origins: 5 }, `origins is 5. Accepted: ${ORIGINS}.`],
    [{ unhandled: 'drop' }, "unhandled is \"drop\". Accepted: 'close' or 'ignore'."],
    [{ path: 5 }, "path is 5. Accepted: a path such as '/chat/{room}'."],
    [{ stateless: 1 }, 'stateless is 1. Accepted: true or false.'],
    [{ subprotocols: 'v1' }, `subprotocols is "v1". Accepted: ${NAMES}.`],
    [{ subprotocols: ['v1', 'v1'] }, `subprotocols is an array. Accepted: ${NAMES}.`],
    [{ subprotocols: ['a, b'] }, `subprotocols is an array. Accepted: ${NAMES}.`],
  ];
  for (const [options, problem] of wrong) {
    it(`are refused: ${problem.split('. Accepted')[0]}`, () => {
      expect(problems(options)).to.deep.equal([problem]);
    });
  }

  it('are all refused at once', () => {
    expect(() => resolveSettings({ idleTimeout: -1 }, { closeTimeout: 0 })).to.throw(
      ConfigurationError,
      `These options can't be used:\n  - idleTimeout is -1. Accepted: ${TIMEOUT}.\n  - closeTimeout is 0. Accepted: ${TIME}.`,
    );
  });
});
