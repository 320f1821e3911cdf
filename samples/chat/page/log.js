import { bubble, confirmed, group } from './bubble.js';
import { byId, element } from './dom.js';

const LONGEST_LOG = 500;
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

/** The messages on the page, in the order of the server; what it has not confirmed yet stands last. */
export class Log {
  #element = byId('log');
  #newer = byId('newer');
  #title = '';
  #following = true;
  #height = 0;
  #unread = 0;
  #divider;
  #day;

  constructor() {
    this.#element.tabIndex = 0; // so that the keyboard can scroll it
    this.#element.addEventListener('scroll', () => {
      const { scrollHeight, scrollTop, clientHeight } = this.#element;
      if (clientHeight !== this.#height) return; // the window did that, not a finger
      this.#following = scrollHeight - scrollTop - clientHeight < 40;
      this.#markRead();
    });
    document.addEventListener('visibilitychange', () => this.#markRead());
    this.#newer.addEventListener('click', () => this.follow());
    // A keyboard that slides in or a growing text field makes the log smaller; its end stays in sight.
    new ResizeObserver(() => {
      this.#height = this.#element.clientHeight;
      if (this.#following) this.#scrollDown();
    }).observe(this.#element);
  }

  clear(title) {
    this.#element.replaceChildren();
    this.#title = title;
    this.#divider = undefined;
    this.#day = dayOfYear.format(Date.now());
    this.follow();
  }

  /** Puts messages in that aren't news, so that a screen reader doesn't read them all out. */
  quietly(work) {
    this.#element.ariaLive = 'off';
    work();
    setTimeout(() => (this.#element.ariaLive = 'polite'), 500);
  }

  /** Returns the message's element. */
  message(said, { own, pending = false, news = false }) {
    const message = bubble(said, { own, pending });
    this.#newDay(said.at);
    if (news) this.#countUnread();
    this.#add(message);
    return message;
  }

  /** The server has the message: now it has its place, before those that it hasn't. */
  confirm(message, at) {
    confirmed(message, at);
    const isBehind = this.#firstPending()?.compareDocumentPosition(message) & Node.DOCUMENT_POSITION_FOLLOWING;
    if (isBehind) this.#add(message);
    else group(message);
  }

  notice(text, kind = '') {
    const notice = element('p', `notice ${kind}`, text);
    this.#add(notice);
    return notice;
  }

  /** Somebody 'joined' or 'left'. Coming and going several times in a row takes one line. */
  presence(name, event) {
    const last = this.#firstPending()?.previousElementSibling ?? this.#element.lastElementChild;
    const isAgain = last?.dataset.presence === name;
    if (isAgain) last.remove();
    const notice = this.notice(`${name} ${isAgain && event === 'joined' ? 'is back' : event}`);
    notice.dataset.presence = name;
  }

  follow() {
    this.#scrollDown();
    this.#following = true;
    this.#markRead();
  }

  #firstPending() {
    return this.#element.querySelector('.pending');
  }

  #add(item) {
    const after = item.nextElementSibling; // where it stood until now
    this.#element.insertBefore(item, this.#firstPending());
    for (const one of [item, item.nextElementSibling, after]) if (one?.matches('.message')) group(one);
    while (this.#element.childElementCount > LONGEST_LOG) this.#element.firstElementChild.remove();
    if (this.#following) this.#scrollDown();
  }

  #newDay(at) {
    const day = dayOfYear.format(at);
    if (day === this.#day) return;
    this.#day = day;
    this.notice(day, 'day');
  }

  #countUnread() {
    if (this.#following && !document.hidden) return;
    if (this.#unread === 0) {
      this.#divider?.remove();
      this.#divider = element('p', 'divider', 'New messages');
      this.#add(this.#divider);
    }
    this.#unread++;
    this.#showUnread();
  }

  #markRead() {
    if (this.#following && !document.hidden) this.#unread = 0;
    this.#showUnread();
  }

  #showUnread() {
    document.title = this.#unread === 0 ? this.#title : `(${this.#unread}) ${this.#title}`;
    this.#newer.hidden = this.#following;
    this.#newer.textContent =
      this.#unread === 0 ? 'Latest ↓' : `${this.#unread} new ${this.#unread === 1 ? 'message' : 'messages'} ↓`;
  }

  #scrollDown() {
    this.#element.scrollTop = this.#element.scrollHeight;
  }
}
