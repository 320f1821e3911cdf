import { run } from '../../support/run.js';
import { createKoa } from './server.js';

run('Koa', createKoa());
