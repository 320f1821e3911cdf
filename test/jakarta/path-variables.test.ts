import { expect } from 'chai';
import { UpgradeRequest } from 'moorage';
import { OnMessage, PathParam, ServerEndpoint } from 'moorage/jakarta';
import { TestBench } from 'moorage/testing';
import { variablesOf } from '#moorage/jakarta/path-param.js';
import { parameterMap, requestUri } from '#moorage/jakarta/request-facts.js';
import { plain } from '../endpoint/unchecked-decorators.js';

/** As tsx compiles it: decorators of parameters, and no types. */
@ServerEndpoint('/rooms/{room}/{level}')
class Untyped {
  onText(room: unknown, _text: unknown, level: unknown, _last = 'nothing') {
    return JSON.stringify([room, level]);
  }
}
PathParam('room')(Untyped.prototype, 'onText', 0);
PathParam('level', Number)(Untyped.prototype, 'onText', 2);
plain(Untyped, 'onText', OnMessage('text'));

describe("A path's variables", () => {
  const paths = [
    ['/chat', []],
    ['/chat/{room}/{user}', ['room', 'user']],
    ['/files/*', ['*']],
    ['*.ws', ['*']],
    ['*', ['*']],
    ['^/v(?<version>[0-9]+)/(?<=x)(?<name>.+)$', ['version', 'name']],
  ] as const;
  for (const [path, variables] of paths) {
    it(`of ${path} are ${variables.join(' and ') || 'none'}`, () => {
      expect(variablesOf(path)).to.deep.equal(variables);
    });
  }

  it('are given to parameters where no types are emitted', async () => {
    await using bench = new TestBench();
    const peer = await bench.connect(Untyped, '/rooms/blue/7');
    peer.sendText('hi');
    await peer.expectJson(['blue', 7]);
  });
});

describe("A request's URI", () => {
  const request = (url: string, host: string | undefined, secure = false) =>
    UpgradeRequest.from({
      method: 'GET',
      url,
      httpVersion: '1.1',
      rawHeaders: host === undefined ? [] : ['Host', host],
      secure,
    });

  const uris = [
    ['/a%20b?c=d', 'x.example:8080', false, 'ws://x.example:8080/a%20b?c=d'],
    ['/a', 'x.example', true, 'wss://x.example/a'],
    ['//a/b', 'x.example', false, 'ws://x.example//a/b'],
    ['http://y.example/a?b', 'x.example', false, 'ws://y.example/a?b'],
    ['/a', undefined, false, 'ws://localhost/a'],
    ['/a', 'no host', false, 'ws://localhost/a'],
  ] as const;
  for (const [url, host, secure, uri] of uris) {
    it(`is ${uri} for ${url} at ${host}`, () => {
      expect(requestUri(request(url, host, secure)).href).to.equal(uri);
    });
  }

  it('has parameters, each with all of its values', () => {
    expect([...parameterMap(request('/?a=1&b=%20&a=2', 'x'))]).to.deep.equal([
      ['a', ['1', '2']],
      ['b', [' ']],
    ]);
  });
});
