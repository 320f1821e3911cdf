import type { Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';

/** An HTTP server whose connections can be upgraded. */
export type UpgradableServer = Server | SecureServer;
