import { run } from '../support/run.js';
import { createTicker } from './server.js';

run('The ticker', createTicker());
