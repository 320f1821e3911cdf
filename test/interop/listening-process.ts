import { ForeignProcess } from './foreign-process.js';
import type { ForeignServer } from './foreign-server-contract.js';
import { Inbox } from './inbox.js';
import type { Closed } from './peer-server.js';

/** Starts a program that prints `listening PORT`, and then `closed CODE REASON` for each connection to `/echo` that ends. */
export async function startListening(command: readonly string[]): Promise<ForeignServer> {
  const process = new ForeignProcess(command);
  const port = Number(/^listening (\d+)$/.exec(await process.line())?.[1]);
  const closed = new Inbox<Closed | Error>();
  void readClosed(process, closed);
  return {
    port,
    nextClosed: async () => {
      const next = await closed.next();
      if (next instanceof Error) throw next;
      return next;
    },
    stop: () => process.stop(),
  };
}

async function readClosed(process: ForeignProcess, closed: Inbox<Closed | Error>): Promise<void> {
  try {
    for (;;) {
      const line = await process.line();
      const parts = /^closed (\d+) (.*)$/.exec(line);
      closed.put(
        parts === null ? new Error(`Unexpected: ${line}`) : { code: Number(parts[1]), reason: parts[2] as string },
      );
    }
  } catch (ended) {
    closed.put(ended as Error);
  }
}
