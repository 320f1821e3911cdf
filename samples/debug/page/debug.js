// Two connections: the subject, which is tried out, and the watcher, on which the server tells what it sees of it.

const MAX_LINES = 200;
const BAD = ['error', 'refused'];

const element = (id) => document.getElementById(id);
const list = element('log');
const base = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`;
const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const timeOfDay = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
let watcher;
let subject;
let lines = []; // that aren't shown yet

/** Shown with the next frame of the screen, so that a flood doesn't mean as many changes of the page. */
function log(who, event, detail) {
  if (lines.length === 0) requestAnimationFrame(show);
  lines.push({ at: Date.now(), who, event, detail });
  if (lines.length > MAX_LINES) lines.shift();
}

function show() {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 30;
  for (const { at, who, event, detail } of lines) {
    const item = document.createElement('li');
    item.classList.add(who);
    item.classList.toggle('bad', BAD.includes(event));
    for (const [name, text] of Object.entries({ time: timeOfDay.format(at), who, event, detail })) {
      const part = document.createElement('span');
      part.className = name;
      part.textContent = text;
      item.append(part);
    }
    list.append(item);
  }
  lines = [];
  while (list.childElementCount > MAX_LINES) list.firstElementChild.remove();
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function update() {
  const state = subject?.readyState;
  for (const button of document.querySelectorAll('.open')) button.disabled = state !== WebSocket.OPEN;
  element('connect-button').disabled =
    watcher.readyState !== WebSocket.OPEN || (subject !== undefined && state !== WebSocket.CLOSED);
  const names = ['connecting…', 'open', 'closing…', 'closed'];
  element('status').dataset.state = watcher.readyState === WebSocket.OPEN ? names[state ?? WebSocket.CLOSED] : 'away';
  element('status').textContent =
    watcher.readyState === WebSocket.OPEN
      ? `The connection is ${names[state ?? WebSocket.CLOSED]}`
      : 'The server is away, trying again…';
}

function quoted(text) {
  return `${text.length} characters: ${JSON.stringify(text.slice(0, 60))}${text.length > 60 ? ' …' : ''}`;
}

function connect() {
  subject = new WebSocket(`${base}/subject/${id}`);
  subject.binaryType = 'arraybuffer';
  subject.onopen = () => {
    log('page', 'open', `extensions: ${subject.extensions || 'none'}`);
    update();
  };
  subject.onmessage = ({ data }) => {
    if (typeof data === 'string') log('page', 'text', quoted(data));
    else log('page', 'binary', `${data.byteLength} bytes`);
  };
  subject.onerror = () => log('page', 'error', 'a browser tells no more');
  subject.onclose = ({ code, reason, wasClean }) => {
    log('page', 'close', `${code} ${JSON.stringify(reason)}, ${wasClean ? 'clean' : 'not clean'}`);
    update();
  };
  update();
}

function watch() {
  watcher = new WebSocket(`${base}/watch/${id}`);
  watcher.onopen = update;
  watcher.onmessage = ({ data }) => {
    const { event, detail } = JSON.parse(data);
    log('server', event, detail);
  };
  watcher.onclose = () => {
    update();
    setTimeout(watch, 1000 + Math.random() * 2000);
  };
}

/** What is done when a form is submitted; it gets what stands in the form. */
const actions = {
  connect,
  text: ({ text }) => subject.send(text),
  binary: ({ length }) => {
    const bytes = new Uint8Array(length);
    // No more than 64 KiB at once: that is the function's limit.
    for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
    subject.send(bytes);
  },
  close: ({ code, reason }) => {
    // Without a code the Close frame is empty (the other end sees 1005), and then there is no reason either.
    if (code === '') subject.close();
    else subject.close(code, reason);
    update();
  },
  ping: ({ text }) => command({ do: 'ping', text }),
  flood: ({ messages, size }) => command({ do: 'flood', messages: Number(messages), size: Number(size) }),
  'server-close': ({ code, reason }) => command({ do: 'close', code: Number(code), reason }),
  count: () => command({ do: 'count' }),
  cut: () => command({ do: 'cut' }),
};

function command(what) {
  watcher.send(JSON.stringify(what));
}

for (const [name, act] of Object.entries(actions)) {
  element(name).addEventListener('submit', (event) => {
    event.preventDefault();
    try {
      act(Object.fromEntries(new FormData(event.target)));
    } catch (cause) {
      log('page', 'refused', cause.message); // as a browser does with most close codes
    }
  });
}

element('clear').addEventListener('click', () => list.replaceChildren());
watch();
update();
