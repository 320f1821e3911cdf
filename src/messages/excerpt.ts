/** What of a text must not stand in a log as it is, besides what JSON escapes: C1 controls, line ends, directions. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** The start of a payload for people to read: text in quotes with everything odd in it escaped, bytes in hex. */
export function excerpt(payload: string | Buffer, length: number): string {
  const start = typeof payload === 'string' ? quoted(payload.slice(0, length)) : hex(payload.subarray(0, length / 2));
  const shown = typeof payload === 'string' ? length : length / 2;
  return payload.length > shown ? `${start.slice(0, -1)}…${start.slice(-1)}` : start;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(UNSAFE, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function hex(bytes: Buffer): string {
  return `<${bytes.toString('hex').replace(/(..)(?=.)/g, '$1 ')}>`;
}
