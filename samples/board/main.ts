import { run } from '../support/run.js';
import { createBoard } from './server.js';

run('The board', createBoard());
