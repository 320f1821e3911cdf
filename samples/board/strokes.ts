/**
 * What travels both ways, in binary messages: any number of strokes, one after the other. None means an empty board.
 *
 *     byte 0      colour, 0 to 6 (6 is the eraser)
 *     byte 1      width, 1 to 60 thousandths of the board's width
 *     bytes 2–3   how many points follow, at least 1
 *     then        x and y of each, two bytes apiece, from 0 (left, top) to 65,535 (right, bottom)
 *
 * Numbers are big-endian. A long stroke comes in several, each of which begins where the one before it has ended.
 */
export const COLOURS = 7;
export const MAX_WIDTH = 60;

const HEADER_SIZE = 4;
const POINT_SIZE = 4;

/** Whether the bytes are whole strokes, none of which is out of range. */
export function isStrokes(data: Buffer): boolean {
  let at = 0;
  while (at < data.length) {
    if (at + HEADER_SIZE > data.length) return false;
    const colour = data.readUInt8(at);
    const width = data.readUInt8(at + 1);
    const points = data.readUInt16BE(at + 2);
    if (colour >= COLOURS || width === 0 || width > MAX_WIDTH || points === 0) return false;
    at += HEADER_SIZE + points * POINT_SIZE;
  }
  return at === data.length;
}
