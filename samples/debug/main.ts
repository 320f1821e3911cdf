import { run } from '../support/run.js';
import { createDebug } from './server.js';

run('The debug tool', createDebug());
