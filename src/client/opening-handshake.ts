import { randomBytes } from 'node:crypto';
import { UpgradeRecord } from '../endpoint/upgrade-record.js';
import type { Extension } from '../protocol/extensions/extension.js';
import { confirmExtensions, type ExtensionAgreement, offerExtensions } from '../protocol/extensions/negotiation.js';
import {
  type ResponseHead,
  type UpgradeOffer,
  upgradeFields,
  verifyUpgrade,
} from '../protocol/handshake/client-handshake.js';
import { UpgradeError } from '../protocol/handshake/upgrade-error.js';
import { UpgradeRequest } from '../protocol/handshake/upgrade-request.js';
import { textOf } from '../protocol/thrown.js';
import { type Answer, connectError, dial, type UpgradedTransport } from './dial.js';
import { type Hop, redirectedHop, redirectOf } from './hop.js';

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** What an opening handshake is to bring about. */
export interface HandshakePlan {
  readonly hop: Hop;
  readonly subprotocols: readonly string[];
  /** Offered all. */
  readonly extensions: readonly Extension[];
  /** How many redirects are followed. */
  readonly followRedirects: number;
}

/** A verified upgrade, its transport waiting to be taken over. */
export interface Upgraded {
  readonly record: UpgradeRecord;
  readonly extensions: ExtensionAgreement | null;
  readonly transport: UpgradedTransport;
}

/** The request that the first hop sends, as a factory of instances and a session see it. */
export function plannedRequest(plan: HandshakePlan): UpgradeRequest {
  return requestOf(plan.hop, offerOf(plan.hop, plan));
}

/** Dials, follows what redirects it may, and verifies the answer (RFC 6455 §4.1). */
export async function openingHandshake(plan: HandshakePlan, signal: AbortSignal): Promise<Upgraded> {
  let { hop } = plan;
  for (let redirects = 0; ; redirects++) {
    const offer = offerOf(hop, plan);
    const answer = await dial(hop, upgradeFields(offer), signal);
    const location = plan.followRedirects > 0 ? redirectOf(answer.head) : undefined;
    if (location === undefined) {
      return accepted(plan, hop, offer, answer);
    }
    if (redirects === plan.followRedirects) {
      throw new UpgradeError(
        'MOORAGE_TOO_MANY_REDIRECTS',
        `The server redirects again after ${redirects} ${redirects === 1 ? 'redirect' : 'redirects'}, the limit of followRedirects.`,
        { ...answer.head, body: answer.body },
      );
    }
    hop = redirectedHop(hop, location, answer.head);
  }
}

/** RFC 6455 §4.1: the key is new, and random, for each connection. */
function offerOf({ target, headers }: Hop, { subprotocols, extensions }: HandshakePlan): UpgradeOffer {
  const key = randomBytes(16).toString('base64');
  return { host: target.host, key, subprotocols, extensions: offerExtensions(extensions), headers };
}

function requestOf({ target }: Hop, offer: UpgradeOffer): UpgradeRequest {
  const rawHeaders = Object.entries(upgradeFields(offer)).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((each) => [name, each]),
  );
  return UpgradeRequest.from({
    method: 'GET',
    url: target.path,
    httpVersion: '1.1',
    rawHeaders,
    secure: target.secure,
  });
}

/** @throws UpgradeError for an answer that is not the right one; its transport is ended then. */
function accepted(plan: HandshakePlan, hop: Hop, offer: UpgradeOffer, answer: Answer): Upgraded {
  const { head, body, upgraded } = answer;
  try {
    const response = verifyUpgrade(offer, head, body);
    const extensions = agreedExtensions(response.extensions, plan.extensions, head);
    const record = new UpgradeRecord(requestOf(hop, offer), response, NO_PARAMETERS, undefined);
    return { record, extensions, transport: transportOf(hop, answer) };
  } catch (cause) {
    upgraded?.socket.destroy();
    throw cause;
  }
}

/** RFC 6455 §4.1, 5; the parameters are each extension's own matter. */
function agreedExtensions(text: string, offered: readonly Extension[], head: ResponseHead): ExtensionAgreement | null {
  try {
    return confirmExtensions(text, offered);
  } catch (cause) {
    throw new UpgradeError('MOORAGE_RESPONSE_EXTENSION', textOf(cause), head, { cause });
  }
}

function transportOf({ target }: Hop, { head, upgraded }: Answer): UpgradedTransport {
  if (upgraded === undefined) {
    // Ours finds an upgrade where Node's parser found none: then the bytes that follow are lost.
    throw new UpgradeError(
      'MOORAGE_RESPONSE_MALFORMED',
      'The server answered 101 in a way that HTTP parsers read differently.',
      head,
    );
  }
  if (upgraded.socket.destroyed) {
    throw connectError(new Error('the connection was lost right after the upgrade'), target.href);
  }
  return upgraded;
}
