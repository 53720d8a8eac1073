import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SimulatorInputError } from '../input-error.ts';
import { answerControl, type Controlled } from './control.ts';
import { type Gateway, handleCall, type Outgoing } from './gateway.ts';
import { gatewayError } from './gateway-errors.ts';

export interface ListeningServer {
  url: string;
  close(): Promise<void>;
}

export interface ServerOptions {
  gateway: Gateway;
  controlled: Controlled;
  port: number;
  latencyMs: number;
}

/** NCP's gateway takes no body over this (413/430); where its limit lies is a guess. */
const MAX_BODY_BYTES = 1024 * 1024;

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
  const method = request.method ?? 'GET';
  const target = request.url ?? '/';
  const body = await readBody(request);
  const [path = ''] = target.split('?');
  const outgoing: Outgoing = path.startsWith('/_simulator/')
    ? { answer: answerControl(options.controlled, { method, path, body }), delaySeconds: 0, traceId: '' }
    : answerCall(options.gateway, { method, target, headers: request.headers, body });
  const waitMs = outgoing.delaySeconds * 1000 + options.latencyMs;
  if (waitMs > 0) await sleep(waitMs, undefined, { signal: closing });
  send(response, outgoing, options.gateway.gatewayNow());
}

/** A slip in the simulator must look like one, and not like a cut connection. */
function answerCall(gateway: Gateway, call: Parameters<typeof handleCall>[1]): Outgoing {
  try {
    return handleCall(gateway, call);
  } catch (error) {
    const details = `simulator bug: ${error instanceof Error ? error.message : String(error)}`;
    return { answer: gatewayError(500, '900', details), delaySeconds: 0, traceId: '' };
  }
}

function send(response: ServerResponse, outgoing: Outgoing, gatewayNow: number): void {
  if (!outgoing.answer) {
    response.destroy();
    return;
  }
  const body = Buffer.from(outgoing.answer.body, 'utf8');
  response.sendDate = false;
  response.writeHead(outgoing.answer.status, {
    date: new Date(gatewayNow).toUTCString(),
    'content-type': outgoing.answer.contentType,
    'content-length': body.length,
    'x-ncp-trace-id': outgoing.traceId,
  });
  response.end(body);
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
