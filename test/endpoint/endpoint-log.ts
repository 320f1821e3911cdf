import type { Reply } from 'moorage';

/** What the endpoint `Replies` of either flavour returns for a message. */
export function reply(text: string): Reply | Promise<Reply> {
  const returned: Readonly<Record<string, () => unknown>> = {
    text: () => 'a text',
    buffer: () => Buffer.from([1, 2]),
    array: () => new Uint8Array([3, 4]),
    arraybuffer: () => new Uint8Array([5, 6]).buffer,
    null: () => null,
    nothing: () => undefined,
    later: () => Promise.resolve('later'),
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is about
    thenable: () => ({ then: (resolve: (value: string) => void) => resolve('thenable') }),
    object: () => ({ a: 1 }),
    'object later': () => Promise.resolve([1]),
    throw: () => {
      throw new RangeError('thrown');
    },
    reject: () => Promise.reject(new RangeError('rejected')),
  };
  return (returned[text]?.() ?? undefined) as Reply | Promise<Reply>;
}
