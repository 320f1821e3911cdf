import { createNest } from './server.js';

const { app } = await createNest();
app.enableShutdownHooks(); // SIGINT and SIGTERM close the application, and its WebSockets with it
await app.listen(process.env['PORT'] ?? 8080, process.env['HOST'] ?? '0.0.0.0');
console.log(`NestJS is ready: ${await app.getUrl()}  (Ctrl+C ends it)`);
