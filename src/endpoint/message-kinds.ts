import type { BytesForm, FormEvent, TableEvent } from './event-rules.js';

/**
 * What kind of message a handler takes, and in which form. Whole: `'text'` as a string; `'binary'` as a Buffer,
 * `'uint8array'` as a plain Uint8Array, `'arraybuffer'` as an ArrayBuffer of its own. While it arrives: `-partial` in parts,
 * each with whether it is the last; `-stream` as a Node `Readable`, `-web-stream` as a web `ReadableStream`, `-iterable` as
 * an async iterable, of strings or of bytes. `'decoded'` as what the endpoint's `decoders` make of it.
 */
export type MessageKind =
  | 'text'
  | 'binary'
  | 'uint8array'
  | 'arraybuffer'
  | `${'text' | 'binary'}-${'partial' | 'stream' | 'web-stream' | 'iterable'}`
  | 'decoded';

/** The forms in which a message is handed on while it arrives. */
export type ArrivalForm = 'partial' | 'stream' | 'web-stream';

/** What a kind stands for. */
export interface KindRule {
  readonly event: 'text' | 'binary' | FormEvent;
  /** The form of bytes, if only one will do. */
  readonly form?: BytesForm;
}

export const MESSAGE_KINDS: Readonly<Record<MessageKind, KindRule & { readonly arrival?: ArrivalForm }>> = {
  text: { event: 'text' },
  binary: { event: 'binary' },
  uint8array: { event: 'binary', form: 'Uint8Array' },
  arraybuffer: { event: 'binary', form: 'ArrayBuffer' },
  'text-partial': { event: 'text-partial', arrival: 'partial' },
  'text-stream': { event: 'text-stream', arrival: 'stream' },
  'text-web-stream': { event: 'text-stream', arrival: 'web-stream' },
  'text-iterable': { event: 'text-stream', arrival: 'stream' },
  'binary-partial': { event: 'binary-partial', arrival: 'partial' },
  'binary-stream': { event: 'binary-stream', arrival: 'stream' },
  'binary-web-stream': { event: 'binary-stream', arrival: 'web-stream' },
  'binary-iterable': { event: 'binary-stream', arrival: 'stream' },
  decoded: { event: 'decoded' },
};

/** The kinds, for an error message. */
export const KIND_NAMES =
  "'text', 'binary', 'uint8array', 'arraybuffer', 'decoded', and 'text-' or 'binary-' before 'partial', 'stream', 'web-stream' or 'iterable'";

export function isMessageKind(kind: unknown): kind is MessageKind {
  return typeof kind === 'string' && Object.hasOwn(MESSAGE_KINDS, kind);
}

/** The one of a table's events that messages of a form are for; undefined for decoded ones, of which there may be many. */
export function tableEventOf(event: TableEvent | FormEvent): TableEvent | undefined {
  switch (event) {
    case 'text-partial':
    case 'text-stream':
      return 'text';
    case 'binary-partial':
    case 'binary-stream':
      return 'binary';
    case 'decoded':
      return undefined;
    default:
      return event;
  }
}
