/**
 * `moorage/protocol`: RFC 6455 as values and bytes. No socket, no timer, no promise: usable over anything that carries
 * bytes.
 */

export { CloseCode, isTransmittable } from './close-code.js';
export { type CloseStatus, encodeClosePayload, MAX_CLOSE_REASON_BYTES, parseClosePayload } from './close-status.js';
export {
  BadPayloadError,
  CloseError,
  MessageTooLargeError,
  MoorageError,
  PolicyViolationError,
  ProtocolError,
} from './errors.js';
export { deflateFrame, xWebkitDeflateFrame } from './extensions/deflate-frame.js';
export type { DeflateOptions } from './extensions/deflate-options.js';
export {
  type AgreedExtension,
  type Extension,
  type ExtensionContext,
  ExtensionError,
  type ExtensionInstance,
} from './extensions/extension.js';
export { ExtensionStack, type StackEnds } from './extensions/extension-stack.js';
export { type FragmentOptions, fragment } from './extensions/fragment.js';
export { identity } from './extensions/identity.js';
export {
  confirmExtensions,
  type ExtensionAgreement,
  negotiateExtensions,
  offerExtensions,
} from './extensions/negotiation.js';
export { perMessageDeflate } from './extensions/permessage-deflate.js';
export { firstByte, generateFrame, headerLength, MAX_HEADER_LENGTH, writeHeader } from './frame-generator.js';
export { FrameParser, type FrameParserOptions, type Role, type RsvClaims } from './frame-parser.js';
export { FrameSequence } from './frame-sequence.js';
export { acceptKey, isValidKey } from './handshake/accept-key.js';
export {
  checkRequestHeaders,
  type RequestHeaders,
  type ResponseHead,
  type UpgradeOffer,
  upgradeFields,
  verifyUpgrade,
} from './handshake/client-handshake.js';
export { parseCookies } from './handshake/cookies.js';
export type { ExtensionOffer, ExtensionParameter } from './handshake/extension-offer.js';
export { formatExtensions, isHeaderValue, isToken, parseExtensions, parseTokenList } from './handshake/headers.js';
export {
  compileOrigins,
  isSameOrigin,
  type OriginCheck,
  type OriginOption,
  type OriginPolicy,
} from './handshake/origin.js';
export { isRefusal, type Refusal, refusalResponse, refuse } from './handshake/refusal.js';
export type { RequestHead } from './handshake/request-head.js';
export { HandshakeError } from './handshake/response-headers.js';
export {
  type AcceptedUpgrade,
  acceptUpgrade,
  checkUpgrade,
  DEFAULT_MAX_HEADER_FIELDS,
  DEFAULT_MAX_URL_LENGTH,
  type HandshakeRules,
  selectSubprotocol,
  type UpgradeChoice,
  type ValidUpgrade,
} from './handshake/server-handshake.js';
export { type RefusedAnswer, UpgradeError } from './handshake/upgrade-error.js';
export { UpgradeRequest } from './handshake/upgrade-request.js';
export { type ResponseHeaders, UpgradeResponse } from './handshake/upgrade-response.js';
export { IncomingFrame } from './incoming-frame.js';
export { DEFAULT_LIMITS, type MessageLimits } from './limits.js';
export { applyMask } from './mask.js';
export { isControl, isDefined, type MessageOpcode, Opcode } from './opcode.js';
export type { OutgoingFrame } from './outgoing-frame.js';
export { UTF8_ACCEPT, UTF8_REJECT, validateUtf8 } from './utf8.js';
