import type { ConnectionSettings } from './settings.js';

export type Verdict = 'alive' | 'ask' | 'idle' | 'silent';

/**
 * Whether the peer is still there. `idle`: no frame either way for the idle timeout. `ask`: the peer was silent for the
 * keep-alive interval, a ping is due. `silent`: nothing came within the timeout after that ping.
 *
 * Any byte received is a sign of life: a pong may be stuck behind a large message. Times are the sweep's.
 */
export class Liveness {
  /** Milliseconds; 0 or Infinity for never. */
  idleTimeout: number;
  readonly #settings: ConnectionSettings;
  #heardAt: number;
  #activeAt: number;
  #askedAt = 0;

  constructor(settings: ConnectionSettings, now: number) {
    this.#settings = settings;
    this.idleTimeout = settings.idleTimeout;
    this.#heardAt = now;
    this.#activeAt = now;
  }

  heard(now: number): void {
    this.#heardAt = now;
    this.#activeAt = now;
    this.#askedAt = 0;
  }

  sent(now: number): void {
    this.#activeAt = now;
  }

  /**
   * Instead of `check` while this side reads nothing: the peer's silence proves nothing then. True when a ping is due all
   * the same, for writing is the only way left to learn that the peer has gone.
   */
  heldBack(now: number): boolean {
    this.#activeAt = now;
    this.#askedAt = 0;
    if (now < this.#askAt()) {
      return false;
    }
    this.#heardAt = now;
    return true;
  }

  check(now: number): Verdict {
    if (now >= this.#idleAt()) {
      return 'idle';
    }
    if (this.#askedAt > 0) {
      return now >= this.#askedAt + this.#settings.keepAliveTimeout ? 'silent' : 'alive';
    }
    if (now >= this.#askAt()) {
      this.#askedAt = now;
      return 'ask';
    }
    return 'alive';
  }

  /**
   * When to check next; Infinity for never. While an answer is due it may come at any moment, and tells nobody but this
   * object; the next interval begins with it and can be over no sooner than one from now.
   */
  next(now: number): number {
    const { keepAliveInterval, keepAliveTimeout } = this.#settings;
    const keepAliveAt =
      this.#askedAt > 0 ? Math.min(this.#askedAt + keepAliveTimeout, now + keepAliveInterval) : this.#askAt();
    return Math.min(this.#idleAt(), keepAliveAt);
  }

  #idleAt(): number {
    return this.idleTimeout > 0 ? this.#activeAt + this.idleTimeout : Infinity;
  }

  #askAt(): number {
    return this.#settings.keepAliveInterval > 0 ? this.#heardAt + this.#settings.keepAliveInterval : Infinity;
  }
}
