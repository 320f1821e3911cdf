import { EndpointHandler } from '../endpoint/endpoint-handler.js';
import { isThenable } from '../endpoint/settle.js';
import { UpgradeRecord } from '../endpoint/upgrade-record.js';
import { Connection } from '../engine/connection.js';
import { negotiateExtensions } from '../protocol/extensions/negotiation.js';
import { isRefusal, refuse } from '../protocol/handshake/refusal.js';
import { acceptUpgrade, checkUpgrade, type ValidUpgrade } from '../protocol/handshake/server-handshake.js';
import type { ResponseHeaders } from '../protocol/handshake/upgrade-response.js';
import type { Admission } from './admission.js';
import { agreedSubprotocol, allowedExtensions, headersOf } from './agreement.js';
import { type AuthorizeHook, UpgradeApproval, UpgradeRefusal } from './authorization.js';
import type { ContainerEngine } from './container-engine.js';
import type { EndpointMatch } from './endpoint-registry.js';
import type { EventReporter } from './event-reporter.js';
import { refusalFor, refusalOf } from './hook-failure.js';
import type { UpgradeWatch } from './instrumentation.js';
import { ObservedHandler } from './observed-handler.js';
import { FailedHook, type RefusedUpgrade, refused } from './refused-upgrade.js';
import type { Choice, Registration } from './registration.js';
import type { UpgradeAttempt } from './upgrade-attempt.js';

/** Who may connect, and what goes into the answer. */
interface Grant {
  readonly principal: unknown;
  readonly headers: ResponseHeaders | undefined;
}

const ANYBODY: Grant = Object.freeze({ principal: undefined, headers: undefined });

/** Takes upgrades from the request to the open connection, or to the refusal. */
export class Upgrader {
  readonly #authorizeHook: AuthorizeHook | undefined;
  readonly #admission: Admission;
  readonly #engine: ContainerEngine;
  readonly #reporter: EventReporter;

  constructor(
    authorizeHook: AuthorizeHook | undefined,
    admission: Admission,
    engine: ContainerEngine,
    reporter: EventReporter,
  ) {
    this.#authorizeHook = authorizeHook;
    this.#admission = admission;
    this.#engine = engine;
    this.#reporter = reporter;
  }

  /**
   * One upgrade, from beginning to end. Never rejects.
   *
   * @param watch who watches it, where the container has instruments.
   */
  async upgrade(attempt: UpgradeAttempt, match: EndpointMatch<Registration>, watch?: UpgradeWatch): Promise<void> {
    const { value: registration, pathParameters } = match;
    try {
      const valid = check(attempt, registration);
      this.#admission.check(registration);
      // Awaited only where the application makes us wait: most upgrades are through within the turn they came in.
      const hook = this.#authorizeHook;
      const grant = hook === undefined ? ANYBODY : await authorize(hook, attempt, match, valid);
      const choosing = registration.choose({ attempt, valid, pathParameters, principal: grant.principal });
      const choice = choosing instanceof Promise ? await choosing : choosing;
      attempt.checkPeer();
      // Once more: the hooks may have taken their time.
      this.#admission.check(registration);
      this.#admission.check(choice.endpoint);
      this.#open(attempt, pathParameters, valid, grant, choice, watch);
    } catch (cause) {
      this.refuse(attempt, refusalFor(cause, 'handshake'), registration.name, watch);
    }
  }

  /** Answers with an HTTP error, and reports it. */
  refuse(attempt: UpgradeAttempt, why: RefusedUpgrade, endpoint: string, watch?: UpgradeWatch): void {
    if (why instanceof FailedHook) {
      this.#reporter.error(why.cause, why.during, endpoint);
    }
    const status = why.refusal?.status ?? 0;
    this.#reporter.upgradeRefused(status, why.message, attempt.head);
    watch?.refused(status, why.message);
    if (why.refusal === undefined) {
      attempt.drop();
    } else {
      attempt.refuse(why.refusal);
    }
  }

  #open(
    attempt: UpgradeAttempt,
    pathParameters: Readonly<Record<string, string>>,
    valid: ValidUpgrade,
    grant: Grant,
    { endpoint, instance, response: wanted }: Choice,
    watch: UpgradeWatch | undefined,
  ): void {
    const extensions = negotiateExtensions(valid.extensions, allowedExtensions(endpoint.settings, wanted));
    const { text, response } = acceptUpgrade(valid, {
      subprotocol: agreedSubprotocol(valid, endpoint.settings, wanted),
      extensions: extensions?.text,
      headers: headersOf(grant.headers, wanted),
    });
    const principal = wanted === undefined ? grant.principal : wanted.principal;
    const record = new UpgradeRecord(valid.request, response, pathParameters, principal);
    const handler = new EndpointHandler(endpoint.table, instance, record, endpoint);
    const { socket } = attempt;
    const { environment } = this.#engine;
    const inner = this.#engine.handlerOf(handler, socket, endpoint.name);
    const called = watch === undefined ? inner : new ObservedHandler(inner, handler.session, endpoint.name, watch);
    const connection = new Connection(socket, called, endpoint.settings.connection, environment, extensions);
    // What the connect handler sends leaves with the 101, in one write.
    socket.cork();
    socket.write(text, 'latin1');
    connection.start(attempt.handOver());
    socket.uncork();
  }
}

function check(attempt: UpgradeAttempt, { rules }: Registration): ValidUpgrade {
  const valid = checkUpgrade(attempt.head, rules);
  if (isRefusal(valid)) {
    throw refused(valid);
  }
  return valid;
}

/** Asks the application who this is. */
async function authorize(
  hook: AuthorizeHook,
  attempt: UpgradeAttempt,
  { value: endpoint, pathParameters }: EndpointMatch<Registration>,
  valid: ValidUpgrade,
): Promise<Grant> {
  const context = {
    endpoint: endpoint.name,
    pathParameters,
    get signal() {
      return attempt.signal;
    },
  };
  try {
    const answer = hook(valid.request, context);
    return grantOf(isThenable(answer) ? await attempt.wait(answer) : answer);
  } catch (cause) {
    throw refusalFor(cause, 'authorize');
  }
}

/** What an authorisation hook's answer means. */
function grantOf(answer: unknown): Grant {
  if (answer instanceof UpgradeRefusal) {
    throw refused(refusalOf(answer, 'authorize'));
  }
  if (answer instanceof UpgradeApproval) {
    return answer;
  }
  // Fails closed: a look-up that finds nobody must let nobody in.
  if (answer === false || answer === undefined || answer === null) {
    throw refused(refuse(403, `The authorize hook returned ${answer}`));
  }
  return { principal: answer, headers: undefined };
}
