import { run } from '../../support/run.js';
import { createTsyringe } from './server.js';

run('The greeter of tsyringe', createTsyringe());
