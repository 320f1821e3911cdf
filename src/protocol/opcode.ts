/**
 * Frame opcodes, RFC 6455 §5.2. Bit 3 marks a control frame; 0x3–0x7 and 0xB–0xF are reserved.
 */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;

export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** The opcodes that begin a data message. */
export type MessageOpcode = typeof Opcode.Text | typeof Opcode.Binary;

/** RFC 6455 §5.5: control frames are the opcodes whose most significant bit is 1. */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0;
}

/** Whether RFC 6455 §5.2 defines the opcode; all others are reserved and fail the connection. */
export function isDefined(opcode: number): opcode is Opcode {
  return opcode <= Opcode.Binary || (opcode >= Opcode.Close && opcode <= Opcode.Pong);
}
