/**
 * What travels between the page and the server: JSON objects in text messages, told apart by `type`.
 * What comes from a page may be anything, so it is checked here, once, before any other code sees it.
 */

/** From the page. */
export type Request =
  /** The first message. `key` is the tab's own secret: whoever comes back with it takes its old place. */
  | { readonly type: 'join'; readonly name: string; readonly key: string }
  /** `ref` comes back in the `said` message, so that the page knows that its message has arrived. */
  | { readonly type: 'say'; readonly text: string; readonly ref: string }
  /** Answered with `here`, by which the page knows that its connection is alive: a browser's script can't ping. */
  | { readonly type: 'check' };

export interface Said {
  readonly type: 'said';
  /** Unique in the room for as long as the server runs. */
  readonly id: string;
  readonly from: string;
  readonly text: string;
  /** Milliseconds since 1970, by the server's clock. */
  readonly at: number;
  readonly ref: string;
}

/** From the server. */
export type Notice =
  | {
      readonly type: 'welcome';
      readonly you: string;
      readonly members: readonly string[];
      readonly history: readonly Said[];
    }
  | { readonly type: 'joined'; readonly name: string }
  | { readonly type: 'left'; readonly name: string }
  | { readonly type: 'refused'; readonly reason: string }
  | { readonly type: 'here' }
  | Said;

/** Close codes of this chat (4000–4999 are for applications); the page doesn't come back by itself after either. */
export const CLOSE_REFUSED = 4400;
export const CLOSE_REPLACED = 4409;

export const MAX_NAME_LENGTH = 32;
export const MAX_TEXT_LENGTH = 2000;

/** Marks stand on letters in many scripts, so they may follow one. */
const ROOM_NAME = /^(?!\p{M})[\p{L}\p{M}\p{N}_-]{1,40}$/u;
const MEMBER_KEY = /^[0-9a-f]{32}$/;
const MESSAGE_REF = /^[\w-]{1,32}$/;
/** Control characters, direction overrides and the like, which make one name look like another. */
const INVISIBLE = /[\p{C}\p{Z}]+/gu;

/** The room's name in its one spelling, or `undefined` where it can't be one. */
export function roomName(text: string): string | undefined {
  const name = text.normalize('NFC').toLowerCase();
  return ROOM_NAME.test(name) ? name : undefined;
}

/** The request in a text message; a string is the reason why there is none, fit to be shown to the sender. */
export function parseRequest(json: string): Request | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'That was no JSON.';
  }
  if (typeof value !== 'object' || value === null) return 'That was no JSON object.';
  const { type, name, key, text, ref } = value as Readonly<Record<string, unknown>>;
  if (type === 'join') {
    if (typeof name !== 'string' || typeof key !== 'string' || !MEMBER_KEY.test(key))
      return 'A join has a name and a key.';
    const cleaned = name.normalize('NFC').replace(INVISIBLE, ' ').trim();
    if (cleaned === '') return 'Please choose a name.';
    if ([...cleaned].length > MAX_NAME_LENGTH) return `Please choose a name of at most ${MAX_NAME_LENGTH} characters.`;
    return { type, name: cleaned, key };
  }
  if (type === 'say') {
    if (typeof text !== 'string' || typeof ref !== 'string' || !MESSAGE_REF.test(ref))
      return 'A message has a text and a ref.';
    if (text.trim() === '') return 'That message is empty.';
    if (text.length > MAX_TEXT_LENGTH) return `A message has at most ${MAX_TEXT_LENGTH} characters.`;
    return { type, text, ref };
  }
  if (type === 'check') return { type };
  return 'The type of a message is join, say or check.';
}
