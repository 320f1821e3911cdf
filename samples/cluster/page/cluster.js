// Four connections in one page, each of which comes back by itself. What is said while one is away, it misses.

const CONNECTIONS = 4;
const LINES = 8;

const cards = document.getElementById('cards');
const template = document.getElementById('card');
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';

function addCard() {
  const card = template.content.cloneNode(true).firstElementChild;
  const [title, status, list, form] = ['h2', '.status', 'ol', 'form'].map((name) => card.querySelector(name));
  const button = form.querySelector('button');
  cards.append(card);

  let socket;
  let wait = 200;

  function note(text, className, by = '') {
    const line = document.createElement('li');
    const small = document.createElement('span');
    line.className = className;
    small.className = 'by';
    small.textContent = by;
    line.append(text, ' ', small);
    list.append(line);
    while (list.childElementCount > LINES) list.firstElementChild.remove();
  }

  function connect() {
    socket = new WebSocket(`${scheme}://${location.host}/halls/main`);
    socket.onmessage = ({ data }) => {
      const notice = JSON.parse(data);
      if (notice.type === 'welcome') {
        title.textContent = `Worker ${notice.worker}`;
        status.textContent = `Connected. Try: kill -9 ${notice.worker}`;
        button.disabled = false;
        wait = 200;
      } else if (notice.type === 'said') note(notice.text, 'said', `by way of ${notice.worker}`);
    };
    socket.onclose = ({ code }) => {
      if (!button.disabled) note(`${title.textContent} is gone (${code}).`, 'lost');
      button.disabled = true;
      status.textContent = 'Connection lost, trying again…';
      setTimeout(connect, wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, 5_000);
    };
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (text === '' || socket.readyState !== WebSocket.OPEN) return;
    socket.send(text);
    form.elements.text.value = '';
  });

  connect();
}

for (let count = 0; count < CONNECTIONS; count++) addCard();
