import { PreparedMessage, type Reply, type StandardSchema } from 'moorage';

/** What the endpoint `Answers` of either flavour returns for a message. */
export function answer(command: string): Reply | Promise<Reply> {
  const answers: Readonly<Record<string, () => Reply | Promise<Reply>>> = {
    object: () => ({ type: 'answer' }),
    array: () => [1, 'two'],
    'object later': () => Promise.resolve({ later: true }),
    prepared: () => PreparedMessage.text('prepared'),
    date: () => new Date(0),
    many: () => ['one', Buffer.from([2]), { three: 3 }].values(),
    'many later': async function* () {
      yield 'one';
      yield 'two';
    },
    stream: () => new Blob(['streamed']).stream() as Reply,
  };
  return answers[command]?.();
}

export interface Move {
  readonly type: 'move';
  readonly x: number;
}

export interface Chat {
  readonly type: 'chat';
  readonly text: string;
}

/** A validator as zod, valibot and arktype make them, by hand: with a number in `x`, which it rounds. */
export const moveSchema: StandardSchema<unknown, Move> = {
  '~standard': {
    version: 1,
    vendor: 'by hand',
    validate: (value) => {
      const { x } = value as { x?: unknown };
      return typeof x === 'number'
        ? { value: { type: 'move', x: Math.round(x) } }
        : { issues: [{ message: 'Expected a number', path: ['x'] }] };
    },
  },
};

/** Another, that takes its time. */
export const chatSchema: StandardSchema<unknown, Chat> = {
  '~standard': {
    version: 1,
    vendor: 'by hand',
    validate: async (value) => {
      const { text } = value as { text?: unknown };
      return typeof text === 'string'
        ? { value: { type: 'chat', text } }
        : { issues: [{ message: 'Expected a string', path: [{ key: 'text' }] }, { message: 'And more' }] };
    },
  },
};

/** Everything that a stream gives, in order. */
export async function read(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return chunks;
}
