// The page of the chat: an entrance, and behind it one room at a time.

import { Composer } from './composer.js';
import { announce, byId } from './dom.js';
import { addressOf, Entrance, roomOfAddress } from './entrance.js';
import { Log } from './log.js';
import { showMembers } from './people.js';
import { Room } from './room.js';
import * as tab from './tab.js';
import './viewport.js';

const log = new Log();
const composer = new Composer((text) => room.say(text));
const entrance = new Entrance(enter);
let room;

function enter(name, roomName) {
  if (location.pathname !== addressOf(roomName)) history.pushState(null, '', addressOf(roomName));
  byId('chat').hidden = false;
  byId('room-title').textContent = roomName;
  log.clear(`#${roomName}`);
  showMembers(new Set(), name);
  composer.enter(roomName);
  let isFirst = true;
  room = new Room(roomName, name, log, {
    onPresent: (isPresent) => {
      composer.setPresent(isPresent);
      if (isFirst) composer.focus();
      isFirst = false;
    },
    onRefused: leave,
  });
}

function leave(reason) {
  room.leave();
  byId('chat').hidden = true;
  entrance.show(reason);
}

byId('share').addEventListener('click', async () => {
  const label = byId('share-text');
  try {
    await navigator.clipboard.writeText(location.href);
    label.textContent = 'Link copied';
    announce('Link copied');
  } catch {
    prompt('The link to this room:', location.href); // the clipboard is for https and localhost only
  }
  setTimeout(() => (label.textContent = 'Copy link'), 2000);
});

byId('leave').addEventListener('click', () => {
  tab.forgetJoined();
  leave();
  history.pushState(null, '', '/');
});

addEventListener('popstate', () => location.reload());

const joined = tab.joined();
if (joined !== null && joined.room === roomOfAddress()) enter(joined.name, joined.room);
else entrance.show();
