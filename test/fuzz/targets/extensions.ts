import { deflateFrame, xWebkitDeflateFrame } from '#moorage/protocol/extensions/deflate-frame.js';
import { type Extension, ExtensionError } from '#moorage/protocol/extensions/extension.js';
import { fragment } from '#moorage/protocol/extensions/fragment.js';
import { identity } from '#moorage/protocol/extensions/identity.js';
import {
  confirmExtensions,
  type ExtensionAgreement,
  negotiateExtensions,
  offerExtensions,
} from '#moorage/protocol/extensions/negotiation.js';
import { perMessageDeflate } from '#moorage/protocol/extensions/permessage-deflate.js';
import { parseCookies } from '#moorage/protocol/handshake/cookies.js';
import type { ExtensionOffer } from '#moorage/protocol/handshake/extension-offer.js';
import {
  formatExtensions,
  listHasToken,
  parseExtensions,
  parseTokenList,
} from '#moorage/protocol/handshake/headers.js';
import { referenceExtensions, referenceListHas, referenceTokens } from '../../support/reference-headers.js';
import type { Random } from '../random.js';
import { must, mustEqual, type Target } from '../target.js';

interface Input {
  /** What the server, and what the client supports. */
  readonly server: number;
  readonly client: number;
  readonly text: string;
}

/** Every message is compressed, however short. */
const TAKEOVER = { contextTakeover: true, threshold: 0 };

/** Several sets of what a side supports. */
export const SUPPORTED: readonly (readonly Extension[])[] = [
  [perMessageDeflate({ threshold: 0 })],
  [perMessageDeflate(TAKEOVER)],
  [perMessageDeflate({ ...TAKEOVER, windowBits: 15 })],
  [perMessageDeflate({ ...TAKEOVER, windowBits: 9 }), fragment()],
  [deflateFrame(TAKEOVER), xWebkitDeflateFrame(), identity, fragment({ maxLength: 10, minLength: 1 })],
  [identity, fragment(), perMessageDeflate(), deflateFrame()],
];

const WORDS = [
  'permessage-deflate',
  'deflate-frame',
  'x-webkit-deflate-frame',
  'fragment',
  'identity',
  'x-unknown',
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
  'max_window_bits',
  'no_context_takeover',
  'maxLength',
  '__proto__',
  'constructor',
];
const VALUES = [
  '8',
  '9',
  '10',
  '15',
  '16',
  '7',
  '08',
  '"8"',
  '"1\\5"',
  '""',
  '0',
  '1',
  '1024',
  '9007199254740993',
  'x',
  '-1',
];
const MARKS = [',', ';', '=', ' ', '\t', '"', '\\', ' ; ', ', ', '\x00', '\x7f', '\xff', ',,'];

/** The grammar of extension lists and how both sides settle on extensions. */
export const extensionsTarget: Target<Input> = {
  name: 'extensions',
  setup: ['server', 'client'],
  dictionary: [...WORDS, ...VALUES, ...MARKS],

  generate(random: Random): Input {
    const text = random.oneIn(3)
      ? random.list(random.below(12), () => random.pick([...WORDS, ...VALUES, ...MARKS])).join('')
      : random
          .list(1 + random.below(random.oneIn(10) ? 20 : 4), () => extensionText(random))
          .join(random.pick([', ', ',']));
    return { server: random.below(SUPPORTED.length), client: random.below(SUPPORTED.length), text };
  },

  run({ server, client, text }: Input): string {
    const offers = parseExtensions(text);
    mustEqual(offers, referenceExtensions(text), 'another extension list than the reference');
    mustEqual(parseTokenList(text), referenceTokens(text), 'another token list than the reference');
    mustEqual(
      listHasToken(text, 'fragment'),
      referenceListHas(text, 'fragment'),
      'another membership than the reference',
    );
    must(Object.getPrototypeOf(parseCookies(text)) === null, 'cookies with a prototype');
    if (offers !== undefined) {
      mustEqual(parseExtensions(formatExtensions(offers)), offers, 'a list changes when it is written and read');
    }
    const [ofServer, ofClient] = [SUPPORTED[server]!, SUPPORTED[client]!];
    const agreed = negotiateExtensions(offers ?? [], ofServer);
    checkAgreement(agreed, ofServer);
    checkKept(offers ?? [], agreed);
    const own = parseExtensions(offerExtensions(ofClient))!;
    const answered = negotiateExtensions(own, ofServer);
    // What this side's server answers to this side's client is never refused, but for a length the client thinks too short.
    const back = confirmed(answered?.text ?? '', ofClient);
    must(
      back !== 'refused' || /fragment/.test(answered!.text),
      'client refuses what the server answers it',
      () => answered!.text,
    );
    const confirmation = confirmed(text, ofClient);
    if (confirmation !== 'refused') {
      checkAgreement(confirmation, ofClient);
    }
    return `${agreed?.text},${confirmation === 'refused' ? 'refused' : confirmation?.text.length},${offers?.length}`;
  },
};

function extensionText(random: Random): string {
  const parameters = random.list(random.below(4), () => {
    const value = random.oneIn(2) ? `=${random.pick(VALUES)}` : '';
    return `${random.pick(['; ', ';', ' ;\t'])}${random.pick(WORDS)}${value}`;
  });
  return random.pick(WORDS) + parameters.join('');
}

function confirmed(text: string, extensions: readonly Extension[]): ExtensionAgreement | null | 'refused' {
  try {
    return confirmExtensions(text, extensions);
  } catch (cause) {
    must(cause instanceof ExtensionError, 'an untyped error', () => String(cause));
    return 'refused';
  }
}

/** RFC 6455 §9: one meaning for a bit, one place for an extension, and a text that says what was agreed. */
function checkAgreement(agreement: ExtensionAgreement | null, supported: readonly Extension[]): void {
  if (agreement === null) {
    return;
  }
  const names = referenceExtensions(agreement.text)?.map(({ name }) => name);
  must(names !== undefined, 'an answer that breaks the grammar', () => agreement.text);
  mustEqual(new Set(names).size, names.length, 'an extension twice');
  mustEqual(names.length, agreement.extensions.length, 'an answer that does not say what was agreed');
  const claims = names.map((name) => supported.find((extension) => extension.name === name)?.rsv?.first ?? 0);
  mustEqual(
    claims.reduce((sum, bits) => sum + bits, 0),
    agreement.rsv.first,
    'a bit claimed twice',
  );
  for (const extension of agreement.extensions) {
    const limits = { maxTextMessageSize: 1, maxBinaryMessageSize: 1, maxFrameSize: 1, maxFragments: 1 };
    extension.create({ limits, rsv: agreement.rsv, wantsPieces: () => false }).close?.();
  }
}

/** RFC 7692 §7.1: what an answer must and may say of an offer. Some offer of the list must allow it. */
function checkKept(offers: readonly ExtensionOffer[], agreement: ExtensionAgreement | null): void {
  const answer = referenceExtensions(agreement?.text ?? '')?.find(({ name }) => name === 'permessage-deflate');
  if (answer === undefined) {
    return;
  }
  const allowed = offers.some((offer) => {
    if (offer.name !== 'permessage-deflate') return false;
    const value = (of: ExtensionOffer, name: string) => of.parameters.find((parameter) => parameter.name === name);
    if (value(offer, 'server_no_context_takeover') && !value(answer, 'server_no_context_takeover')) return false;
    if (value(answer, 'client_max_window_bits') && !value(offer, 'client_max_window_bits')) return false;
    const [asked, kept] = [value(offer, 'server_max_window_bits'), value(answer, 'server_max_window_bits')];
    return asked === undefined || Number(kept?.value ?? 99) <= Number(asked.value);
  });
  must(allowed, 'an answer that no offer allows', () => agreement!.text);
}
