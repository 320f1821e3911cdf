import type { Attack } from './attack.js';
import { CONNECTIONS } from './attacks/connections.js';
import { FLOODS } from './attacks/floods.js';
import { FRAMES } from './attacks/frames.js';
import { HANDLERS } from './attacks/handlers.js';
import { SLOTH } from './attacks/sloth.js';

export const ATTACKS: readonly Attack[] = [...FRAMES, ...FLOODS, ...SLOTH, ...CONNECTIONS, ...HANDLERS];
