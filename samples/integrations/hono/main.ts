import { run } from '../../support/run.js';
import { createHono } from './server.js';

run('Hono', createHono());
