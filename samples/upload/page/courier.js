// The connection, in a worker of its own. A browser sends a message to its end even when the socket is closed meanwhile;
// the page can end a worker at any time, and the connection with it. That is how an upload is called off.

const HOW_OFTEN_MS = 100;

const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/upload`);
socket.onopen = () => postMessage({ type: 'open' });
socket.onmessage = ({ data }) => postMessage(JSON.parse(data)); // as the server says it: `progress` or `done`
socket.onclose = ({ code }) => {
  clearInterval(timer);
  postMessage({ type: 'closed', code });
};

let timer;

/** A file comes from the page, and goes out as one message, whatever its size. */
addEventListener('message', ({ data: file }) => {
  socket.send(file);
  clearInterval(timer);
  timer = setInterval(() => {
    // What the browser still holds of the message hasn't left.
    const sent = file.size - Math.min(file.size, socket.bufferedAmount);
    postMessage({ type: 'sent', sent });
    if (sent === file.size) clearInterval(timer);
  }, HOW_OFTEN_MS);
});
