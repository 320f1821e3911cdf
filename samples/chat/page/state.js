// How the connection is, under the room's name.

import { announce, byId } from './dom.js';

const status = byId('status');

/** The state of a `Link`. */
export function showState(state, seconds) {
  const words = {
    connecting: 'Connecting…',
    open: 'Connected',
    waiting: seconds > 1 ? `Reconnecting in ${seconds} s…` : 'Reconnecting…',
    stopped: 'Not connected',
  };
  // The countdown is for the eye; a screen reader hears of a change once, and not of each attempt.
  const wasLost = status.dataset.lost === 'true';
  if (state === 'waiting' && !wasLost) announce('Connection lost, reconnecting');
  if (state === 'open' || state === 'stopped') announce(words[state]);
  status.dataset.lost = String(state === 'waiting' || (wasLost && state === 'connecting'));
  status.dataset.state = state;
  status.textContent = words[state];
}
