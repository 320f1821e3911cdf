import { run } from '../../support/run.js';
import { createFastify } from './server.js';

run('Fastify', await createFastify());
