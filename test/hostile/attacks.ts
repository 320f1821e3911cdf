import type { ClientAttack, ServerAttack } from './attack.js';
import { CONNECTIONS } from './attacks/connections.js';
import { LIFE } from './attacks/conversations.js';
import { FLOODS } from './attacks/floods.js';
import { FRAMES } from './attacks/frames.js';
import { HANDLERS } from './attacks/handlers.js';
import { HANDSHAKES } from './attacks/handshakes.js';
import { HOSTILE_SERVER } from './attacks/hostile-server.js';
import { SLOTH } from './attacks/sloth.js';

/** On our server. */
export const ATTACKS: readonly ServerAttack[] = [
  ...LIFE,
  ...HANDSHAKES,
  ...FRAMES,
  ...FLOODS,
  ...SLOTH,
  ...CONNECTIONS,
  ...HANDLERS,
];

/** By a hostile server, on our client. */
export const CLIENT_ATTACKS: readonly ClientAttack[] = HOSTILE_SERVER;
