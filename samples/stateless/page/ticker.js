// Shows every tick, and comes back by itself. The chat's page does the second with more care.

const status = document.getElementById('status');
const rows = document.getElementById('prices');
let last = new Map();

function show(prices) {
  rows.replaceChildren(
    ...prices.map(({ name, price }) => {
      const before = last.get(name) ?? price;
      const row = document.createElement('tr');
      row.insertCell().textContent = name;
      row.insertCell().textContent = (price / 100).toFixed(2);
      const direction = row.insertCell();
      direction.className = price < before ? 'down' : 'up';
      direction.textContent = price === before ? '' : price < before ? '▼' : '▲';
      return row;
    }),
  );
  last = new Map(prices.map(({ name, price }) => [name, price]));
}

function connect() {
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/prices`);
  socket.onopen = () => (status.textContent = 'Connected, a tick each second');
  socket.onmessage = ({ data }) => show(JSON.parse(data));
  socket.onclose = () => {
    status.textContent = 'Connection lost, trying again…';
    setTimeout(connect, 1000 + Math.random() * 2000);
  };
}

connect();
