import { byId } from './dom.js';
import * as tab from './tab.js';

const ROOM_NAME = /^(?!\p{M})[\p{L}\p{M}\p{N}_-]{1,40}$/u; // as the server has it

/** Has people choose a name and a room. `onChosen(name, room)` is called with what can be both. */
export class Entrance {
  constructor(onChosen) {
    byId('join-form').addEventListener('submit', (event) => {
      event.preventDefault();
      const name = byId('name').value.trim();
      const room = roomNameFrom(byId('room').value);
      if (name === '') return this.show('Please choose a name.');
      if (!ROOM_NAME.test(room))
        return this.show('A room’s name has letters, digits, hyphens and underscores, nothing else.', 'room');
      byId('entrance').hidden = true;
      tab.rememberChosenName(name);
      onChosen(name, room);
    });
  }

  /** With what is wrong with the `field`, if anything is. */
  show(error = '', field = 'name') {
    byId('entrance').hidden = false;
    byId('join-error').hidden = error === '';
    byId('join-error').textContent = error;
    for (const one of ['name', 'room']) byId(one).ariaInvalid = String(error !== '' && one === field);
    byId('name').value ||= tab.chosenName();
    byId('room').value ||= roomOfAddress() ?? 'lobby';
    document.title = 'Moorage chat';
    byId(field).focus();
  }
}

/** The room in the page's address; the link to a room is the invitation to it. */
export function roomOfAddress() {
  const [, text] = /^\/rooms\/([^/]+)$/.exec(location.pathname) ?? [];
  try {
    return text && roomNameFrom(decodeURIComponent(text));
  } catch {
    return undefined; // the address isn't UTF-8
  }
}

export function addressOf(room) {
  return `/rooms/${encodeURIComponent(room)}`;
}

function roomNameFrom(text) {
  return text.trim().replace(/^#/, '').replace(/\s+/g, '-').normalize('NFC').toLowerCase();
}
