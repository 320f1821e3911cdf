/** One parameter of an extension: `name`, `name=value` or `name="value"`. */
export interface ExtensionParameter {
  readonly name: string;
  /** `undefined` for a parameter without a value; a quoted value is given without its quotes. */
  readonly value: string | undefined;
}

/**
 * One element of a `Sec-WebSocket-Extensions` header (RFC 6455 §9.1). Parameters stand in the order of the wire and
 * may repeat: whether that is an error is the extension's to say, not the grammar's.
 */
export interface ExtensionOffer {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}
