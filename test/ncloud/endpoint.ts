/** What the tests of the client share: servers that answer as a test wants, a clock that does not wait, keys. */

import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../lib/clock.ts';
import { type Call, type ClientOptions, NcloudClient, type Post } from '../../lib/ncloud/client.ts';
import { NcloudError } from '../../lib/ncloud/errors.ts';
import { DEFAULT_LIMITS } from '../../lib/ncloud/transport-limits.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../lib/simulator/simulator.ts';

export const KEYS = { accessKey: 'AKIDEXAMPLE', secretKey: 'SECRETEXAMPLE' };

interface Seen {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answering = (response: ServerResponse, request: Seen) => void;

export interface Endpoint {
  url: string;
  requests: Seen[];
  connections(): number;
}

/** A server on loopback that gives these answers in turn; the last one from then on. */
export async function endpoint(...answers: Answering[]): Promise<Endpoint> {
  const requests: Seen[] = [];
  let connections = 0;
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: target = '', headers } = incoming;
    const request = { method, target, headers, body: await text(incoming) };
    requests.push(request);
    answers[Math.min(requests.length, answers.length) - 1]?.(response, request);
  };
  const server = createServer((incoming, response) => void serve(incoming, response));
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests, connections: () => connections };
}

export function says(status: number, body: string, headers: Record<string, string> = {}): Answering {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** The connection ends without a byte of an answer. */
export const cut: Answering = (response) => {
  response.destroy();
};

/** The connection ends in the middle of the body. */
export const cutInTheMiddle: Answering = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('<stopServerInstancesResponse>', () => response.destroy());
};

export const silent: Answering = () => {};

/** Headers and the beginning of a body, and then nothing. */
export const stalled: Answering = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('<');
};

/** Answers a byte at a time, and never finishes. */
export const dripping: Answering = (response) => {
  response.writeHead(200);
  const drip = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(drip));
};

export function success(action: string, fields = ''): string {
  return `<${action}Response><requestId/><returnCode>0</returnCode><returnMessage>success</returnMessage>${fields}</${action}Response>`;
}

export function responseError(returnCode: string, returnMessage = 'words'): string {
  return `<responseError><returnCode>${returnCode}</returnCode><returnMessage>${returnMessage}</returnMessage></responseError>`;
}

export function gatewayError(errorCode: string, details = ''): string {
  return JSON.stringify({ error: { errorCode, message: 'Message', details } });
}

export interface ToldClock extends Clock {
  /** Every sleep that was asked for, in milliseconds. */
  slept: number[];
}

/** Sleeps end at once, and the time that they took has passed. */
export function toldClock(startAt: number = Date.now()): ToldClock {
  const slept: number[] = [];
  let now = startAt;
  return {
    slept,
    now: () => Math.floor(now),
    sleep: (ms) => {
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

/** So many calls a second that pacing needs no noticeable sleep. */
const UNPACED = 1e9;

export function clientOf(url: string, options: Partial<ClientOptions> = {}): NcloudClient {
  const keys = { current: () => Promise.resolve(KEYS), fresh: () => Promise.resolve(KEYS) };
  const client = new NcloudClient({
    endpoint: url,
    keys,
    format: 'xml',
    clock: toldClock(),
    chance: () => 0.5,
    limits: DEFAULT_LIMITS,
    callsPerSecond: UNPACED,
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

export const READ: Call = { prefix: '/vserver/v2', action: 'getRegionList', parameters: {}, effect: 'read' };
export const WRITE: Call = {
  prefix: '/server/v2',
  action: 'stopServerInstances',
  parameters: { serverInstanceNoList: ['1088217'] },
  effect: 'write',
};
export const RESOURCES: Post = { action: 'GetResourceList', path: '/api/v1/resources', body: {}, effect: 'read' };
export const READ_DONE = says(200, success('getRegionList', '<regionList/>'));
export const WRITE_DONE = says(200, success('stopServerInstances'));

export async function failureOf(work: Promise<unknown>): Promise<NcloudError> {
  const outcome: unknown = await work.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );
  if (outcome instanceof NcloudError) return outcome;
  throw outcome;
}

/** Stands still until advance(); the keys are the client's. */
export async function ncp(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    ...KEYS,
    speed: 0,
    startAt: new Date('2026-03-01T00:00:00Z'),
    ...options,
  });
  onTestFinished(() => simulator.close());
  return simulator;
}
