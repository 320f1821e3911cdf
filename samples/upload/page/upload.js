// Sends one file after the other, each as one binary message, and shows how far either end is.

const MAX_FILE_SIZE = 1024 ** 3;

const element = (id) => document.getElementById(id);
const input = element('file');
const drop = element('drop');
let socket;
let file; // the one being sent
let timer;

function status(text, isBad = false) {
  element('status').textContent = text;
  element('status').classList.toggle('bad', isBad);
}

function megabytes(bytes) {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

function bar(id, bytes) {
  element(id).value = file.size === 0 ? 1 : bytes / file.size;
  element(`${id}-text`).textContent = megabytes(bytes);
}

/** What the browser still holds of the message hasn't left the page. */
function showSent() {
  bar('sent', file.size - Math.min(file.size, socket.bufferedAmount));
}

function ready(isReady) {
  input.disabled = !isReady;
  if (isReady) input.value = '';
}

function start(chosen) {
  if (input.disabled || chosen === undefined) return;
  if (chosen.size > MAX_FILE_SIZE) return status(`${chosen.name} is larger than 1 GiB.`, true);
  file = chosen;
  ready(false);
  element('upload').hidden = false;
  element('result-label').hidden = element('sha256').hidden = true;
  element('name').textContent = file.name;
  element('size').textContent = megabytes(file.size);
  bar('sent', 0);
  bar('received', 0);
  status('On its way… A browser reads a large file first, so the start may take a moment.');
  socket.send(file); // one message, whatever its size
  timer = setInterval(showSent, 100);
}

function finish({ received, sha256 }) {
  clearInterval(timer);
  bar('sent', file.size);
  bar('received', received);
  element('sha256').textContent = sha256;
  element('result-label').hidden = element('sha256').hidden = false;
  file = undefined;
  ready(true);
  status('All of it has arrived. Another one?');
}

function onClose({ code }) {
  clearInterval(timer);
  ready(false);
  const lost = file === undefined ? 'Connection lost' : `${file.name} has not arrived: connection lost`;
  file = undefined;
  status(`${lost} (${code}), trying again…`, true);
  setTimeout(connect, 1000 + Math.random() * 2000);
}

function connect() {
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/upload`);
  socket.onopen = () => {
    ready(true);
    status('Connected.');
  };
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.type === 'progress') bar('received', message.received);
    else finish(message);
  };
  socket.onclose = onClose;
}

input.addEventListener('change', () => start(input.files[0]));
for (const type of ['dragover', 'dragleave', 'drop']) {
  drop.addEventListener(type, (event) => {
    event.preventDefault(); // so that the browser doesn't open the file
    drop.classList.toggle('over', type === 'dragover');
    if (type === 'drop') start(event.dataTransfer.files[0]);
  });
}

connect();
