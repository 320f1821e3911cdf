// Who is in the room, beside the talk or, on a phone, behind a button.

import { avatar } from './bubble.js';
import { byId, element } from './dom.js';

const button = byId('people-button');
const people = byId('people');

export function showMembers(members, me) {
  byId('people-count').textContent = members.size;
  byId('members').replaceChildren(
    ...[...members]
      .sort((a, b) => a.localeCompare(b))
      .map((name) => {
        const item = element('li');
        const label = element('span', 'member-name', name);
        label.dir = 'auto';
        item.append(avatar(name), label);
        if (name === me) item.append(element('span', 'you', 'you'));
        return item;
      }),
  );
}

function open(isOpen) {
  people.classList.toggle('shown', isOpen);
  button.ariaExpanded = String(isOpen);
}

button.addEventListener('click', () => open(button.ariaExpanded !== 'true'));
for (const one of [button, people]) {
  one.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') open(false);
  });
}
