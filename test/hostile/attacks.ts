import type { Attack } from './attack.js';
import { CONNECTIONS } from './attacks/connections.js';
import { FLOODS } from './attacks/floods.js';
import { FRAMES } from './attacks/frames.js';
import { HANDLERS } from './attacks/handlers.js';
import { HANDSHAKES } from './attacks/handshakes.js';
import { SLOTH } from './attacks/sloth.js';

export const ATTACKS: readonly Attack[] = [...HANDSHAKES, ...FRAMES, ...FLOODS, ...SLOTH, ...CONNECTIONS, ...HANDLERS];
