/** What the server has seen of a connection, or done to it; JSON in text messages to the watcher. */
export interface Report {
  /** `frame` comes before the event that is made of it. */
  readonly event:
    | ('connect' | 'frame' | 'text' | 'binary' | 'ping' | 'pong' | 'error' | 'close')
    | ('count' | 'refused');
  readonly detail: string;
}

/** What the watcher asks to be done to the connection. */
export type Command =
  | { readonly do: 'ping'; readonly text: string }
  | { readonly do: 'close'; readonly code: number; readonly reason: string }
  | { readonly do: 'cut' }
  | { readonly do: 'count' }
  | { readonly do: 'flood'; readonly messages: number; readonly size: number };

/** In messages. */
export const MAX_FLOOD = 100_000;
/** In characters of one message of a flood. */
export const MAX_FLOOD_SIZE = 65_536;

const OPCODES: Readonly<Record<number, string>> = {
  0: 'continuation',
  1: 'text',
  2: 'binary',
  8: 'close',
  9: 'ping',
  10: 'pong',
};

export function frameName(opcode: number): string {
  return OPCODES[opcode] ?? `opcode ${opcode}`;
}

/** The length, and how the bytes begin. */
export function bytesBrief(bytes: Buffer): string {
  const rest = bytes.length > 16 ? ' …' : '';
  const hex = bytes.subarray(0, 16).toString('hex').replace(/..\B/g, '$& ');
  return bytes.length === 0 ? '0 bytes' : `${bytes.length} bytes: ${hex}${rest}`;
}

/** The length, and how the text begins. */
export function textBrief(text: string): string {
  return `${text.length} characters: ${JSON.stringify(text.slice(0, 60))}${text.length > 60 ? ' …' : ''}`;
}
