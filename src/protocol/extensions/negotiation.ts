/** How the two sides settle on extensions, RFC 6455 §9.1. */
import type { RsvClaims } from '../frame-parser.js';
import type { ExtensionOffer } from '../handshake/extension-offer.js';
import { formatExtensions, parseExtensions } from '../handshake/headers.js';
import { type AgreedExtension, type Extension, ExtensionError } from './extension.js';

/** The extensions of a connection, in the order of the server's answer. */
export interface ExtensionAgreement {
  /** The text of `Sec-WebSocket-Extensions`. */
  readonly text: string;
  readonly rsv: RsvClaims;
  readonly extensions: readonly AgreedExtension[];
  /** All their share keys; `null` when a message can't be encoded for many connections at once. */
  readonly shareKey: string | null;
}

const NO_CLAIMS: RsvClaims = Object.freeze({ first: 0, continuation: 0 });

/**
 * What a server agrees to: the client's offers in their order, each extension once, and none whose RSV bits are taken.
 * What is unknown or unacceptable is declined, never an error. `null` when nothing is left.
 */
export function negotiateExtensions(
  offers: readonly ExtensionOffer[],
  supported: readonly Extension[],
): ExtensionAgreement | null {
  if (offers.length === 0 || supported.length === 0) {
    return null;
  }
  const agreement = new Agreement();
  for (const offer of offers) {
    const extension = supported.find(({ name }) => name === offer.name);
    if (extension !== undefined && agreement.admits(extension)) {
      const accepted = extension.accept(offer.parameters);
      if (accepted !== null) {
        agreement.add(extension, accepted);
      }
    }
  }
  return agreement.finish();
}

/** The `Sec-WebSocket-Extensions` of a client's request; empty for none. */
export function offerExtensions(extensions: readonly Extension[]): string {
  return formatExtensions(
    extensions.flatMap((extension) => extension.offers().map((parameters) => ({ name: extension.name, parameters }))),
  );
}

/**
 * What a client has agreed to, by the `Sec-WebSocket-Extensions` of the server's answer (RFC 6455 §4.1, 5).
 *
 * @throws ExtensionError for text that can't be read, an extension that was not offered or that stands there twice,
 *   bits that two claim, and parameters that the extension doesn't take.
 */
export function confirmExtensions(answer: string, offered: readonly Extension[]): ExtensionAgreement | null {
  if (answer === '') {
    return null;
  }
  const chosen = parseExtensions(answer);
  if (chosen === undefined) {
    throw new ExtensionError(
      'MOORAGE_EXTENSION_UNREADABLE',
      "The server's Sec-WebSocket-Extensions breaks the grammar of RFC 6455 §9.1.",
    );
  }
  const agreement = new Agreement();
  for (const { name, parameters } of chosen) {
    const extension = offered.find((candidate) => candidate.name === name);
    if (extension === undefined) {
      throw new ExtensionError(
        'MOORAGE_EXTENSION_NOT_OFFERED',
        `The server uses the extension "${name}", which was not offered: its frames could not be understood.`,
      );
    }
    if (!agreement.admits(extension)) {
      throw new ExtensionError(
        'MOORAGE_EXTENSION_CONFLICT',
        `The server uses the extension "${name}" twice, or beside one that claims the same RSV bits.`,
      );
    }
    agreement.add(extension, extension.confirm(parameters));
  }
  return agreement.finish();
}

class Agreement {
  readonly #names: string[] = [];
  readonly #agreed: AgreedExtension[] = [];
  #first = 0;
  #continuation = 0;

  /** First come, first served: a bit has one meaning (RFC 6455 §9.2), an extension one place. */
  admits({ name, rsv = NO_CLAIMS }: Extension): boolean {
    // A bit that means one thing on first frames can't mean another on continuations: fragmentation would mix them up.
    const claimed = this.#first | this.#continuation;
    return ((rsv.first | rsv.continuation) & claimed) === 0 && !this.#names.includes(name);
  }

  add({ name, rsv = NO_CLAIMS }: Extension, agreed: AgreedExtension): void {
    this.#names.push(name);
    this.#agreed.push(agreed);
    this.#first |= rsv.first;
    this.#continuation |= rsv.continuation;
  }

  finish(): ExtensionAgreement | null {
    if (this.#agreed.length === 0) {
      return null;
    }
    const keys = this.#agreed.map(({ shareKey }) => shareKey);
    return Object.freeze({
      text: formatExtensions(
        this.#agreed.map(({ parameters }, index) => ({ name: this.#names[index] as string, parameters })),
      ),
      rsv: Object.freeze({ first: this.#first, continuation: this.#continuation }),
      extensions: Object.freeze(this.#agreed),
      shareKey: keys.includes(undefined) ? null : keys.map((key, index) => `${this.#names[index]}:${key}`).join('\n'),
    });
  }
}
