import { run } from '../../support/run.js';
import { createInversify } from './server.js';

run('The greeter of inversify', createInversify());
