import { run } from '../support/run.js';
import { createUpload } from './server.js';

run('The upload', createUpload());
