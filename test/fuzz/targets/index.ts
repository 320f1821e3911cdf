import type { Target } from '../target.js';
import { clientHandshakeTarget } from './client-handshake.js';
import { engineTarget } from './engine.js';
import { extensionsTarget } from './extensions.js';
import { handshakeTarget } from './handshake.js';
import { inflaterTarget } from './inflater.js';
import { parserTarget } from './parser.js';
import { pathsTarget } from './paths.js';
import { requestTarget } from './request.js';

export const TARGETS: readonly Target[] = [
  parserTarget,
  handshakeTarget,
  requestTarget,
  pathsTarget,
  extensionsTarget,
  inflaterTarget,
  clientHandshakeTarget,
  engineTarget,
];
