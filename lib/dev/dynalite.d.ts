declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB as an HTTP server that does not listen yet. Without `path` it keeps everything in memory. */
  export default function dynalite(options?: { path?: string; createTableMs?: number; deleteTableMs?: number }): Server;
}
