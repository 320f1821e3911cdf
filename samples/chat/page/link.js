export const CLOSE_REFUSED = 4400;
export const CLOSE_REPLACED = 4409;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const CHECK_TIMEOUT_MS = 4_000;

/**
 * A WebSocket that is opened again when it is lost. The waiting time doubles with each failure, and a random part of it
 * keeps a thousand pages from coming back in the same moment after a restart of the server.
 *
 * `onState(state, seconds)` gets 'connecting', 'open', 'waiting' (with the seconds left) or 'stopped'.
 */
export class Link {
  #url;
  #on;
  #socket;
  #timer;
  #check;
  #failures = 0;
  /**
   * The window is back on the screen, or the network has come or gone. Whoever waits needn't any longer; a connection
   * that seems open may have died in the meantime without a word, so the server is asked for one.
   */
  #wakeUp = () => {
    if (document.hidden) return;
    if (this.#socket?.readyState === WebSocket.OPEN) {
      clearTimeout(this.#check);
      this.#check = setTimeout(() => this.#lost(), CHECK_TIMEOUT_MS);
      this.send({ type: 'check' });
    } else if (this.#socket === undefined && this.#timer !== undefined) this.open();
  };

  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    for (const type of ['online', 'offline']) addEventListener(type, this.#wakeUp);
    document.addEventListener('visibilitychange', this.#wakeUp);
  }

  open() {
    this.#forget();
    this.#on.onState('connecting');
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lost(), CONNECT_TIMEOUT_MS);
    socket.onopen = () => this.#on.onOpen();
    socket.onmessage = ({ data }) => {
      clearTimeout(this.#check);
      this.#on.onMessage(JSON.parse(data));
    };
    socket.onclose = ({ code, reason }) => {
      if (code === CLOSE_REFUSED || code === CLOSE_REPLACED) {
        this.#forget();
        this.#on.onState('stopped');
        this.#on.onStopped(code, reason);
      } else this.#lost();
    };
  }

  /** The server has let us in, so the next loss starts again with a short wait. */
  settled() {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#on.onState('open');
  }

  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Gives up a connection that seems dead. Its closing handshake might take a minute, so nobody waits for it. */
  renew() {
    if (this.#socket !== undefined) this.open();
  }

  end() {
    this.#forget();
    for (const type of ['online', 'offline']) removeEventListener(type, this.#wakeUp);
    document.removeEventListener('visibilitychange', this.#wakeUp);
  }

  #lost() {
    this.#forget();
    const longest = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++);
    this.#wait(Date.now() + longest * (0.5 + Math.random() / 2));
  }

  #wait(until) {
    const left = until - Date.now();
    if (left <= 0) return this.open();
    this.#on.onState('waiting', Math.ceil(left / 1000));
    this.#timer = setTimeout(() => this.#wait(until), Math.min(left, 1000));
  }

  #forget() {
    clearTimeout(this.#timer);
    clearTimeout(this.#check);
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
