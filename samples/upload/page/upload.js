// Sends one file after the other, each as one binary message, and shows how far either end is.

const MAX_FILE_SIZE = 1024 ** 3;

const byId = (id) => document.getElementById(id);
const input = byId('file');
const drop = byId('drop');
const cancel = byId('cancel');
let courier; // the worker that holds the connection
let file; // the one being sent

function status(text, isBad = false) {
  byId('status').textContent = text;
  byId('status').classList.toggle('bad', isBad);
}

function inWords(bytes) {
  if (bytes < 1024) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

function bar(id, bytes) {
  byId(id).value = file.size === 0 ? 1 : bytes / file.size;
  byId(`${id}-text`).textContent = inWords(bytes);
}

function ready(isReady) {
  input.disabled = !isReady;
  if (isReady) input.value = '';
}

/** Where the keyboard is when `one` goes away, it goes on at `other`. */
function replace(one, other) {
  const hadFocus = document.activeElement === one;
  if (one === cancel) cancel.hidden = true;
  else ready(false);
  if (other === cancel) cancel.hidden = false;
  else ready(true);
  if (hadFocus) other.focus();
}

function start(chosen) {
  if (input.disabled || chosen === undefined) return;
  if (chosen.size > MAX_FILE_SIZE) {
    input.value = '';
    return status(`${chosen.name} is larger than 1 GiB.`, true);
  }
  file = chosen;
  byId('upload').hidden = false;
  byId('result').hidden = true;
  byId('name').textContent = file.name;
  byId('size').textContent = inWords(file.size);
  bar('sent', 0);
  bar('received', 0);
  replace(input, cancel);
  status('On its way… A browser reads a large file first, so the start may take a moment.');
  courier.postMessage(file);
}

function finish({ received, sha256 }) {
  bar('sent', file.size);
  bar('received', received);
  byId('sha256').textContent = sha256;
  byId('result').hidden = false;
  file = undefined;
  replace(cancel, input);
  status('All of it has arrived. Another one?');
}

/** Without the connection there is no upload either; a new one is made after a while. */
function lost({ code }) {
  courier.terminate();
  ready(false);
  const what = file === undefined ? 'Connection lost' : `${file.name} has not arrived: connection lost`;
  file = undefined;
  status(`${what} (${code}), trying again…`, true);
  setTimeout(() => connect('Connected again. Choose a file.'), 1000 + Math.random() * 2000);
}

function connect(welcome) {
  const on = {
    open: () => {
      replace(cancel, input);
      status(welcome);
    },
    sent: ({ sent }) => file !== undefined && bar('sent', sent),
    progress: ({ received }) => {
      bar('received', received);
      if (byId('sent').value < byId('received').value) bar('sent', received); // what is there has left
    },
    done: finish,
    closed: lost,
  };
  courier = new Worker('/courier.js', { type: 'module' });
  courier.onmessage = ({ data }) => on[data.type](data);
}

cancel.addEventListener('click', () => {
  if (file === undefined) return;
  courier.terminate();
  const { name } = file;
  file = undefined;
  connect(`${name} was called off. Another one?`);
});

input.addEventListener('change', () => start(input.files[0]));
for (const type of ['dragover', 'dragleave', 'drop']) {
  document.addEventListener(type, (event) => {
    event.preventDefault(); // so that the browser doesn't open the file
    drop.classList.toggle('over', type === 'dragover' && !input.disabled);
    if (type === 'drop') start(event.dataTransfer.files[0]);
  });
}

connect('Connected.');
