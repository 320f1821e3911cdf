import { element } from './dom.js';
import { CLOSE_REFUSED, Link } from './link.js';
import { showMembers } from './people.js';
import { showState } from './state.js';
import * as tab from './tab.js';

const UNCONFIRMED_MS = 10_000;

/**
 * One's own part in a room: who is there, what was said, and what is still on its way.
 *
 * `onPresent(isPresent)` tells whether anything can be said here, `onRefused(reason)` that the server doesn't let us in.
 */
export class Room {
  #room;
  #name;
  #log;
  #on;
  #link;
  #members = new Set();
  /** Were here before the connection was lost; whoever of them comes back, as all do when the server restarts, is no news. */
  #missing = new Set();
  #ownNames = new Set();
  #seen = new Set();
  /** Not confirmed by the server yet: ref → { text, element }. It is sent again after a lost connection. */
  #pending = new Map();
  #joined = false;
  /** Whether the server has let us in on the connection that is open now. */
  #present = false;
  #overdue;

  constructor(room, name, log, on) {
    this.#room = room;
    this.#name = name;
    this.#log = log;
    this.#on = on;
    for (const [ref, text] of tab.unconfirmed(room)) this.#addPending(ref, text);
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    this.#link = new Link(`${scheme}://${location.host}/chat/${encodeURIComponent(room)}`, {
      onState: (state, seconds) => {
        this.#present = state === 'open';
        showState(state, seconds);
      },
      onOpen: () => this.#link.send({ type: 'join', name: this.#name, key: tab.key }),
      onMessage: (message) => this.#received(message),
      onStopped: (code, reason) => this.#stopped(code, reason),
    });
    this.#link.open();
  }

  say(text) {
    const ref = tab.nextRef();
    this.#addPending(ref, text);
    this.#log.follow();
    this.#rememberPending();
    this.#sendPending(ref, text);
  }

  leave() {
    clearTimeout(this.#overdue);
    this.#link.end();
  }

  #received(message) {
    switch (message.type) {
      case 'welcome':
        return this.#welcome(message);
      case 'said':
        return this.#said(message, true);
      case 'joined':
        this.#members.add(message.name);
        if (!this.#missing.delete(message.name)) this.#log.presence(message.name, 'joined');
        return showMembers(this.#members, this.#name);
      case 'left':
        this.#members.delete(message.name);
        this.#log.presence(message.name, 'left');
        return showMembers(this.#members, this.#name);
      case 'refused':
        if (this.#present) this.#log.notice(message.reason, 'problem');
        else this.#on.onRefused(message.reason);
    }
  }

  #welcome({ you, members, history }) {
    this.#link.settled();
    this.#missing = new Set([...this.#missing, ...this.#members].filter((name) => !members.includes(name)));
    this.#members = new Set(members);
    showMembers(this.#members, you);
    if (you !== this.#name) this.#log.notice(`“${this.#name}” is taken in this room, so you are “${you}” here.`);
    this.#name = you;
    this.#ownNames.add(you);
    tab.rememberJoined(this.#room, you);
    this.#log.quietly(() => {
      for (const said of history) this.#said(said, false);
    });
    if (!this.#joined && members.length === 1 && history.length === 0 && this.#pending.size === 0)
      this.#log.notice('You are the first one here. Copy the link and send it to somebody.');
    this.#joined = true;
    this.#on.onPresent(true);
    for (const [ref, { text }] of this.#pending) this.#sendPending(ref, text);
  }

  #said(said, news) {
    if (this.#seen.has(said.id)) return; // from before the connection was lost
    this.#seen.add(said.id);
    const own = tab.owns(said.ref) && (this.#ownNames.has(said.from) || this.#pending.has(said.ref));
    const pending = own ? this.#pending.get(said.ref) : undefined;
    if (pending === undefined) {
      this.#log.message(said, { own, news: news && !own });
    } else {
      this.#pending.delete(said.ref);
      this.#rememberPending();
      this.#log.confirm(pending.element, said.at);
      if (this.#pending.size === 0) clearTimeout(this.#overdue);
    }
  }

  #addPending(ref, text) {
    const said = { from: this.#name, text, at: Date.now() };
    this.#pending.set(ref, { text, element: this.#log.message(said, { own: true, pending: true }) });
  }

  #rememberPending() {
    const said = [...this.#pending].map(([ref, { text }]) => [ref, text]);
    tab.rememberUnconfirmed(this.#room, said);
  }

  #sendPending(ref, text) {
    if (!this.#present) return; // it goes out with the next welcome
    this.#link.send({ type: 'say', text, ref });
    clearTimeout(this.#overdue);
    this.#overdue = setTimeout(() => this.#link.renew(), UNCONFIRMED_MS);
  }

  #stopped(code, reason) {
    if (code === CLOSE_REFUSED) return this.#on.onRefused(reason);
    this.#on.onPresent(false);
    const notice = this.#log.notice('This chat goes on in another window. ', 'problem');
    const here = element('button', '', 'Use it here');
    here.type = 'button';
    here.addEventListener('click', () => {
      notice.remove();
      this.#link.open();
    });
    notice.append(here);
  }
}
