import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatorInputError } from '../errors.ts';
import { type Exchange, MAX_BODY_BYTES, type Reply } from './exchange.ts';
import type { IncomingCall } from './gateway.ts';

export interface ListeningServer {
  url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  exchange: (incoming: IncomingCall) => Exchange;
  port: number;
  latencyMs: number;
}

/** Binds 127.0.0.1 only: the simulator checks a signature, but it is no server for a network. */
export async function listen(options: ServerOptions): Promise<ListeningServer> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    serve(options, request, response, closing.signal).catch(() => {
      // The client went away, or the simulator is closing: there is nobody left to tell.
      response.destroy();
    });
  });
  await listening(server, options.port);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      closing.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const { method = 'GET', url: target = '/', headers } = request;
  const { delaySeconds, reply } = options.exchange({ method, target, headers, body: await readBody(request) });
  const waitMs = delaySeconds * 1000 + options.latencyMs;
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: closing });
  send(response, reply());
}

function send(response: ServerResponse, reply: Reply | undefined): void {
  if (!reply) {
    response.destroy();
    return;
  }
  response.sendDate = false;
  response.writeHead(reply.status, reply.headers);
  response.end(reply.body);
}

/** Nothing when it is too large; it is read to its end all the same, so that the client gets to see the 413. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)));
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

function cannotListen(error: NodeJS.ErrnoException, port: number): SimulatorInputError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} of 127.0.0.1 is in use; choose another one, or 0 for any free one.`,
    EACCES: `Port ${port} of 127.0.0.1 may not be used by this user; choose one above 1023.`,
  };
  return new SimulatorInputError(reasons[error.code ?? ''] ?? `Cannot listen on port ${port}: ${error.message}.`);
}
