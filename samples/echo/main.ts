import { run } from '../support/run.js';
import { createEcho } from './server.js';

run('The echo', createEcho());
