import { run } from '../support/run.js';
import { createChat } from './server.js';

run('The chat', createChat());
