// Draws what comes from the server, and sends what is drawn here. `strokes.ts` tells what the bytes mean.

const COLOURS = ['Ink', 'Teal', 'Blue', 'Red', 'Amber', 'Green', 'Eraser'];
const ERASER = 6;
const MAX_UINT16 = 65_535;

const status = document.getElementById('status');
const canvas = document.getElementById('board');
const width = document.getElementById('width');
const paper = canvas.getContext('2d');
const ownStrokes = new Map(); // of each finger or pen that is down: its points that aren't sent yet
let strokes = []; // what the server has said, in its order
let colour = 0;
let socket;

function unpack(data) {
  const view = new DataView(data);
  const unpacked = [];
  for (let at = 0; at < view.byteLength; ) {
    const stroke = { colour: view.getUint8(at), width: view.getUint8(at + 1), points: [] };
    const end = at + 4 + view.getUint16(at + 2) * 4;
    for (at += 4; at < end; at += 4) stroke.points.push([view.getUint16(at), view.getUint16(at + 2)]);
    unpacked.push(stroke);
  }
  return unpacked;
}

function pack(stroke) {
  const view = new DataView(new ArrayBuffer(4 + stroke.points.length * 4));
  view.setUint8(0, stroke.colour);
  view.setUint8(1, stroke.width);
  view.setUint16(2, stroke.points.length);
  for (const [index, [x, y]] of stroke.points.entries()) {
    view.setUint16(4 + index * 4, x);
    view.setUint16(6 + index * 4, y);
  }
  return view.buffer;
}

function draw(stroke) {
  const places = stroke.points.map(([x, y]) => [(x / MAX_UINT16) * canvas.width, (y / MAX_UINT16) * canvas.height]);
  const [x, y] = places[0];
  paper.lineWidth = (stroke.width / 1000) * canvas.width;
  paper.lineCap = paper.lineJoin = 'round';
  paper.globalCompositeOperation = stroke.colour === ERASER ? 'destination-out' : 'source-over';
  paper.strokeStyle = getComputedStyle(canvas).getPropertyValue(`--colour-${stroke.colour}`);
  paper.beginPath();
  paper.moveTo(x, y);
  paper.lineTo(x + 0.01, y); // a single point is a dot, but what has no length at all isn't drawn
  for (const place of places) paper.lineTo(...place);
  paper.stroke();
}

function redraw() {
  canvas.width = canvas.clientWidth * devicePixelRatio; // empties it, too
  canvas.height = canvas.clientHeight * devicePixelRatio;
  strokes.forEach(draw);
}

/** What was drawn since the last frame of the screen: seen here at once, and sent. */
function flush() {
  for (const stroke of ownStrokes.values()) {
    if (stroke.points.length === 0 || (stroke.isSent && stroke.points.length === 1)) continue;
    draw(stroke);
    socket.send(pack(stroke));
    stroke.points = stroke.points.slice(-1); // the next begins where this one has ended
    stroke.isSent = true;
  }
}

function pointOf(event) {
  const box = canvas.getBoundingClientRect();
  const fraction = (value) => Math.round(Math.min(1, Math.max(0, value)) * MAX_UINT16);
  return [fraction((event.clientX - box.left) / box.width), fraction((event.clientY - box.top) / box.height)];
}

canvas.addEventListener('pointerdown', (event) => {
  if (event.button !== 0 || socket.readyState !== WebSocket.OPEN) return;
  canvas.setPointerCapture(event.pointerId);
  ownStrokes.set(event.pointerId, { colour, width: Number(width.value), points: [pointOf(event)], isSent: false });
  requestAnimationFrame(flush);
});

canvas.addEventListener('pointermove', (event) => {
  const stroke = ownStrokes.get(event.pointerId);
  if (stroke === undefined) return;
  for (const one of event.getCoalescedEvents?.() ?? [event]) stroke.points.push(pointOf(one));
  requestAnimationFrame(flush);
});

for (const type of ['pointerup', 'pointercancel']) {
  canvas.addEventListener(type, (event) => {
    if (ownStrokes.has(event.pointerId)) flush();
    ownStrokes.delete(event.pointerId);
  });
}

for (const [index, name] of COLOURS.entries()) {
  const label = document.createElement('label');
  label.className = `colour colour-${index} ${name.toLowerCase()}`;
  label.title = name;
  const choice = document.createElement('input');
  Object.assign(choice, { type: 'radio', name: 'colour', className: 'sr-only', checked: index === 0 });
  choice.setAttribute('aria-label', name);
  choice.addEventListener('change', () => (colour = index));
  label.append(choice, document.createElement('span'));
  document.getElementById('colours').append(label);
}

document.getElementById('clear').addEventListener('click', () => {
  if (socket.readyState === WebSocket.OPEN && confirm('Wipe the board, for everybody?'))
    socket.send(new ArrayBuffer(0));
});

function onMessage({ data }) {
  const unpacked = unpack(data);
  if (unpacked.length === 0) {
    strokes = [];
    redraw();
  }
  for (const stroke of unpacked) {
    strokes.push(stroke);
    draw(stroke);
  }
}

function connect() {
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/board`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    strokes = []; // the picture so far comes first
    redraw();
    canvas.classList.remove('away');
    status.textContent = 'Connected. Draw!';
  };
  socket.onmessage = onMessage;
  socket.onclose = () => {
    ownStrokes.clear();
    canvas.classList.add('away');
    status.textContent = 'Connection lost, trying again…';
    setTimeout(connect, 1000 + Math.random() * 2000);
  };
}

new ResizeObserver(redraw).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
connect();
