// The page of the chat. It has three parts: a link to the server that comes back by itself, the log of messages, and
// the wiring of both to the page. Whatever others have written only ever becomes text, never markup.

const CLOSE_REFUSED = 4400;
const CLOSE_REPLACED = 4409;

const byId = (id) => document.getElementById(id);

// ---------------------------------------------------------------------------------------------------- the link

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A WebSocket that is opened again when it is lost. The waiting time doubles with each failure, and a random part of it
 * keeps a thousand pages from coming back in the same moment after a restart of the server.
 *
 * `onState(state, seconds)` gets 'connecting', 'open', 'waiting' (with the seconds left) or 'stopped'.
 */
class Link {
  #url;
  #on;
  #socket;
  #timer;
  #failures = 0;
  /** Back on the net or on the screen: no reason to wait any longer. */
  #wakeUp = () => {
    const isWaiting = this.#socket === undefined && this.#timer !== undefined;
    if (isWaiting && !document.hidden) this.open();
  };

  constructor(url, on) {
    this.#url = url;
    this.#on = on;
    addEventListener('online', this.#wakeUp);
    document.addEventListener('visibilitychange', this.#wakeUp);
  }

  open() {
    this.#forget();
    this.#on.onState('connecting');
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lost(), CONNECT_TIMEOUT_MS);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#on.onOpen();
    };
    socket.onmessage = ({ data }) => this.#on.onMessage(JSON.parse(data));
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
    removeEventListener('online', this.#wakeUp);
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
    this.#timer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket === undefined) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

// ----------------------------------------------------------------------------------------------------- the log

const LONGEST_LOG = 500;
const TOGETHER_MS = 5 * 60_000;
const timeOfDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayOfYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

/** The messages on the page, in the order of the server; what it has not confirmed yet stands last. */
class Log {
  #element = byId('log');
  #newer = byId('newer');
  #title = '';
  #following = true;
  #height = 0;
  #unread = 0;
  #divider;
  #day = dayOfYear.format(Date.now());

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
    this.follow();
  }

  /** Puts messages in that aren't news, so that a screen reader doesn't read them all out. */
  quietly(work) {
    this.#element.ariaLive = 'off';
    work();
    setTimeout(() => (this.#element.ariaLive = 'polite'), 500);
  }

  /** A message of somebody, or one's own; a `pending` one has no time yet. Returns its element. */
  message({ from, text, at }, { own, pending = false, news = false }) {
    const message = element('article', `message${own ? ' own' : ''}${pending ? ' pending' : ''}`);
    message.dataset.from = from;
    message.dataset.at = at;
    const content = element('span', 'text', text);
    content.dir = 'auto';
    const time = element('time', '', pending ? 'sending…' : timeOfDay.format(at));
    time.dateTime = new Date(at).toISOString();
    const bubble = element('div', 'bubble');
    bubble.append(content, time);
    message.append(bubble);
    this.#newDay(at);
    if (news) this.#countUnread();
    this.#add(message);
    return message;
  }

  /** The server has the message: now it has its place and its time. */
  confirm(message, at) {
    message.classList.remove('pending');
    message.dataset.at = at;
    const time = message.querySelector('time');
    time.textContent = timeOfDay.format(at);
    time.dateTime = new Date(at).toISOString();
  }

  notice(text, kind = '') {
    const notice = element('p', `notice ${kind}`, text);
    this.#add(notice);
    return notice;
  }

  follow() {
    this.#scrollDown();
    this.#following = true;
    this.#markRead();
  }

  #add(item) {
    this.#element.insertBefore(item, this.#element.querySelector('.pending'));
    group(item);
    if (item.nextElementSibling !== null) group(item.nextElementSibling);
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

/** A message right after another one of the same person goes without name and picture. */
function group(message) {
  if (!message.classList.contains('message')) return;
  const last = message.previousElementSibling;
  const { from, at } = message.dataset;
  const isMore = last?.dataset.from === from && at - last.dataset.at < TOGETHER_MS;
  message.classList.toggle('more', isMore);
  message.querySelector('.avatar')?.remove();
  message.querySelector('.author')?.remove();
  if (message.classList.contains('own')) return;
  message.style.setProperty('--hue', hue(from));
  if (!isMore) {
    const author = element('span', 'author', from);
    author.dir = 'auto';
    message.prepend(avatar(from), author);
  }
}

function element(tag, className, text = '') {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function avatar(name) {
  const made = element('span', 'avatar', [...name][0]);
  made.ariaHidden = 'true';
  made.style.setProperty('--hue', hue(name));
  return made;
}

/** A colour for each name, the same on every page. */
function hue(name) {
  let hash = 0;
  for (const letter of name) hash = (Math.imul(hash, 31) + letter.codePointAt(0)) >>> 0;
  return (hash % 19) * 19;
}

// ---------------------------------------------------------------------------------------------------- the room

const UNCONFIRMED_MS = 10_000;

/** One's own part in a room: who is there, what was said, and what is still on its way. */
class Room {
  #room;
  #name;
  #log;
  #link;
  #onRefused;
  #members = new Set();
  #seen = new Set();
  /** Not confirmed by the server yet: ref → { text, element }. It is sent again after a lost connection. */
  #pending = new Map();
  #joined = false;
  /** Whether the server has let us in on the connection that is open now. */
  #present = false;
  #overdue;

  constructor(room, name, log, onRefused) {
    this.#room = room;
    this.#name = name;
    this.#log = log;
    this.#onRefused = onRefused;
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
    const said = { from: this.#name, text, at: Date.now() };
    this.#pending.set(ref, { text, element: this.#log.message(said, { own: true, pending: true }) });
    this.#log.follow();
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
        this.#log.notice(`${message.name} joined`);
        return showMembers(this.#members, this.#name);
      case 'left':
        this.#members.delete(message.name);
        this.#log.notice(`${message.name} left`);
        return showMembers(this.#members, this.#name);
      case 'refused':
        if (this.#joined) this.#log.notice(message.reason, 'problem');
        else this.#onRefused(message.reason);
    }
  }

  #welcome({ you, members, history }) {
    this.#link.settled();
    this.#members = new Set(members);
    showMembers(this.#members, you);
    if (you !== this.#name) this.#log.notice(`“${this.#name}” is taken in this room, so you are “${you}” here.`);
    this.#name = you;
    tab.remember(this.#room, you);
    if (!this.#joined) byId('text').focus();
    this.#joined = true;
    byId('send').disabled = false;
    this.#log.quietly(() => {
      for (const said of history) this.#said(said, false);
    });
    if (members.length === 1 && history.length === 0 && this.#seen.size === 0 && this.#pending.size === 0)
      this.#log.notice('You are the first one here. Copy the link and send it to somebody.');
    for (const [ref, { text }] of this.#pending) this.#sendPending(ref, text);
  }

  #said(said, news) {
    if (this.#seen.has(said.id)) return; // from before the connection was lost
    this.#seen.add(said.id);
    const own = said.from === this.#name && tab.owns(said.ref);
    const pending = own ? this.#pending.get(said.ref) : undefined;
    if (pending === undefined) {
      this.#log.message(said, { own, news: news && !own });
    } else {
      this.#pending.delete(said.ref);
      this.#log.confirm(pending.element, said.at);
      if (this.#pending.size === 0) clearTimeout(this.#overdue);
    }
  }

  #sendPending(ref, text) {
    if (!this.#present) return; // it goes out with the next welcome
    this.#link.send({ type: 'say', text, ref });
    clearTimeout(this.#overdue);
    this.#overdue = setTimeout(() => this.#link.renew(), UNCONFIRMED_MS);
  }

  #stopped(code, reason) {
    if (code === CLOSE_REFUSED) return this.#onRefused(reason);
    byId('send').disabled = true;
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

/** What this tab remembers over a reload: the secret by which the server knows it again, the room and the name. */
const tab = {
  key: sessionStorage.getItem('secret') ?? randomHex(16),
  tag: sessionStorage.getItem('tag') ?? randomHex(4),
  nextRef: () => `${tab.tag}-${randomHex(6)}`,
  owns: (ref) => ref.startsWith(`${tab.tag}-`),
  remember(room, name) {
    sessionStorage.setItem('joined', JSON.stringify({ room, name }));
    localStorage.setItem('name', name);
  },
  joined: () => JSON.parse(sessionStorage.getItem('joined')),
  forget: () => sessionStorage.removeItem('joined'),
};
sessionStorage.setItem('secret', tab.key);
sessionStorage.setItem('tag', tab.tag);

function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

// ---------------------------------------------------------------------------------------------------- the page

const log = new Log();
let room;

function showEntrance(error = '', field = 'name') {
  room?.leave();
  room = undefined;
  byId('chat').hidden = true;
  byId('entrance').hidden = false;
  byId('join-error').hidden = error === '';
  byId('join-error').textContent = error;
  byId('name').value ||= localStorage.getItem('name') ?? '';
  byId('room').value ||= roomOfAddress() ?? 'lobby';
  document.title = 'Moorage chat';
  byId(field).focus();
}

function enter(name, roomName) {
  const path = `/rooms/${encodeURIComponent(roomName)}`;
  if (location.pathname !== path) history.pushState(null, '', path);
  byId('entrance').hidden = true;
  byId('chat').hidden = false;
  byId('room-title').textContent = roomName;
  byId('send').disabled = true;
  log.clear(`#${roomName}`);
  showMembers(new Set(), name);
  room = new Room(roomName, name, log, showEntrance);
}

function showState(state, seconds) {
  const words = {
    connecting: 'Connecting…',
    open: 'Connected',
    waiting: seconds > 1 ? `Reconnecting in ${seconds} s…` : 'Reconnecting…',
    stopped: 'Not connected',
  };
  const status = byId('status');
  // The countdown is for the eye; a screen reader hears of a change once.
  if (status.dataset.state !== state)
    byId('status-spoken').textContent = state === 'waiting' ? 'Connection lost, reconnecting' : words[state];
  status.dataset.state = state;
  status.textContent = words[state];
}

function showMembers(members, me) {
  byId('people-count').textContent = members.size;
  byId('members').replaceChildren(
    ...[...members]
      .sort((a, b) => a.localeCompare(b))
      .map((name) => {
        const item = element('li', '');
        const label = element('span', 'member-name', name);
        label.dir = 'auto';
        item.append(avatar(name), label);
        if (name === me) item.append(element('span', 'you', 'you'));
        return item;
      }),
  );
}

function roomOfAddress() {
  const [, text] = /^\/rooms\/([^/]+)$/.exec(location.pathname) ?? [];
  try {
    return text && decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

byId('join-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const name = byId('name').value.trim();
  const roomName = byId('room').value.trim().replace(/^#/, '').normalize('NFC').toLowerCase();
  if (name === '') showEntrance('Please choose a name.');
  else if (!/^[\p{L}\p{N}_-]{1,40}$/u.test(roomName))
    showEntrance('A room’s name has letters, digits, hyphens and underscores, and no spaces.', 'room');
  else enter(name, roomName);
});

const text = byId('text');

function fitText() {
  text.style.height = 'auto';
  text.style.height = `${text.scrollHeight + 2}px`;
}

text.addEventListener('input', fitText);
text.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId('composer').requestSubmit();
});

byId('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  if (text.value.trim() === '' || byId('send').disabled) return;
  room.say(text.value.trim());
  text.value = '';
  fitText();
  text.focus();
});

byId('people-button').addEventListener('click', ({ currentTarget }) => {
  const isShown = byId('people').classList.toggle('shown');
  currentTarget.ariaExpanded = String(isShown);
});

byId('share').addEventListener('click', async () => {
  const label = byId('share-text');
  try {
    await navigator.clipboard.writeText(location.href);
    label.textContent = 'Link copied';
    byId('status-spoken').textContent = 'Link copied';
  } catch {
    prompt('The link to this room:', location.href); // the clipboard is for https and localhost only
  }
  setTimeout(() => (label.textContent = 'Copy link'), 2000);
});

byId('leave').addEventListener('click', () => {
  tab.forget();
  showEntrance();
  history.pushState(null, '', '/');
});

addEventListener('popstate', () => location.reload());

const joined = tab.joined();
if (joined !== null && joined.room === roomOfAddress()) enter(joined.name, joined.room);
else showEntrance();
