import { run } from '../../support/run.js';
import { createExpress } from './server.js';

run('Express', createExpress());
