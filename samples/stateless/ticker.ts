import { OnWebSocketClose, OnWebSocketConnect, PreparedMessage, Session, WebSocket } from 'moorage';

export interface Price {
  readonly name: string;
  /** In cents, so that no rounding adds up. */
  readonly price: number;
}

const FIRST_PRICES: readonly Price[] = [
  { name: 'Anchor', price: 12_400 },
  { name: 'Bollard', price: 8_150 },
  { name: 'Cleat', price: 1_975 },
  { name: 'Fender', price: 3_320 },
  { name: 'Hawser', price: 6_840 },
];

/**
 * One instance serves every connection (`stateless`): what it holds is shared by all. Prices of made-up wares wander at
 * random, and each tick is framed once and sent to every session.
 */
@WebSocket({ path: '/prices', stateless: true })
export class Ticker {
  readonly #sessions = new Set<Session>();
  #prices = FIRST_PRICES;
  #latest = framed(FIRST_PRICES);

  @OnWebSocketConnect
  onConnect(session: Session): void {
    this.#sessions.add(session);
    session.sendPrepared(this.#latest); // so that nobody waits for the next tick
  }

  @OnWebSocketClose
  onClose(session: Session): void {
    this.#sessions.delete(session);
  }

  /** Moves every price by up to one percent and tells everybody. */
  tick(): void {
    this.#prices = this.#prices.map(({ name, price }) => ({ name, price: wander(price) }));
    this.#latest = framed(this.#prices);
    for (const session of this.#sessions) session.sendPrepared(this.#latest);
  }
}

function wander(price: number): number {
  return Math.max(1, price + Math.round((Math.random() - 0.5) * 0.02 * price));
}

function framed(prices: readonly Price[]): PreparedMessage {
  return PreparedMessage.text(JSON.stringify(prices));
}
