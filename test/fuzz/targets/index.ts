import type { Target } from '../target.js';
import { clientHandshakeTarget } from './client-handshake.js';
import { engineTarget } from './engine.js';
import { extensionsTarget } from './extensions.js';
import { handshakeTarget } from './handshake.js';
import { inflaterTarget } from './inflater.js';
import { parserTarget } from './parser.js';

export const TARGETS: readonly Target[] = [
  parserTarget,
  handshakeTarget,
  extensionsTarget,
  inflaterTarget,
  clientHandshakeTarget,
  engineTarget,
];
