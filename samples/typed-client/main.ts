import { createInterface } from 'node:readline';
import { ChatClient } from './client.js';

const [url = 'ws://localhost:8080/chat/harbour', name = 'Terminal'] = process.argv.slice(2);
const client = new ChatClient({ url, name, print: (line) => console.log(line) });

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  if (line.trim() !== '') client.say(line).catch((cause: Error) => console.log(`! Not said: ${cause.message}`));
});
input.on('close', () => client.leave()); // Ctrl+D
process.once('SIGINT', () => client.leave());

process.exitCode = (await client.ended) ? 0 : 1;
input.close();
