/** API Gateway's HTTP API on loopback: what comes over HTTP goes to a Lambda function as an event of payload format 2.0. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { LambdaHandler } from './durable-runner.ts';
import { httpEvent } from './http-event.ts';
import { Rate, type RateLimit } from './http-rate.ts';

export interface HttpApiOptions {
  /** The function behind each route, by the route's key as API Gateway writes it, for example `ANY /terminations/{id}`. */
  routes: Readonly<Record<string, LambdaHandler>>;
  /** By the route's key. What is above is answered 429 before any function; a route without one lets everything through. */
  rateLimits?: Readonly<Record<string, RateLimit>>;
  /** How long it waits for a function: 30 seconds, unless said otherwise. */
  timeoutMs?: number;
}

/**
 * Listens to everything that an HTTP server gets. What API Gateway answers itself is answered here, in its own JSON and
 * not as a problem of ours: 404 without a route, 429 above the rate, 413, and 500 and 503 for a function that throws,
 * answers with what is no answer, or does not answer in time.
 */
export function httpApi({ routes, rateLimits = {}, timeoutMs = 30_000 }: HttpApiOptions): RequestListener {
  const rates = new Map(Object.entries(rateLimits).map(([key, limit]) => [key, new Rate(limit)]));
  const gateway = { routes, rates, timeoutMs };
  return (request, response) => {
    void serve(request, response, gateway).catch(() => response.destroy());
  };
}

interface Gateway extends Pick<HttpApiOptions, 'routes'> {
  rates: ReadonlyMap<string, Rate>;
  timeoutMs: number;
}

/** Source: quotas of API Gateway, HTTP APIs. */
const MOST_BYTES = 10 * 1024 * 1024;

async function serve(request: IncomingMessage, response: ServerResponse, gateway: Gateway): Promise<void> {
  const requestId = randomUUID();
  send(response, requestId, await answered(request, requestId, gateway));
}

async function answered(
  request: IncomingMessage,
  requestId: string,
  { routes, rates, timeoutMs }: Gateway,
): Promise<GatewayAnswer> {
  const body = await bytesOf(request);
  const { method = 'GET', url = '/' } = request;
  const routeKey = routeKeyFor(Object.keys(routes), method, url.split('?')[0] ?? '');
  if (routeKey === undefined) return gatewayAnswer(404, 'Not Found');
  if (rates.get(routeKey)?.take() === false) return gatewayAnswer(429, 'Too Many Requests');
  if (body === undefined) return gatewayAnswer(413, 'Request Entity Too Large');
  const { headers, httpVersion, socket } = request;
  const sent = { method, url, headers, body, httpVersion, sourceIp: socket.remoteAddress ?? '' };
  const event = httpEvent({ ...sent, requestId, routeKey });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any handler fits, and takes what AWS gives it
  const handler = routes[routeKey] as (event: unknown, context: object) => Promise<unknown>;
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => timeoutMs };
  return inTime(
    answerOf(() => handler(event, context)),
    timeoutMs,
  );
}

/**
 * The key of the route that API Gateway takes a request along; undefined where there is none, whatever stands behind the
 * others. A key is a method or `ANY` with a path, in which `{name}` stands for one segment, or `$default` for the rest.
 * Source: API Gateway, "Create routes for HTTP APIs".
 */
function routeKeyFor(keys: readonly string[], method: string, path: string): string | undefined {
  const there = keys.filter((key) => isAt(key, path));
  const own = there.find((key) => key.startsWith(`${method} `));
  const any = there.find((key) => key.startsWith('ANY '));
  return own ?? any ?? keys.find((key) => key === '$default');
}

function isAt(key: string, path: string): boolean {
  const wanted = (key.split(' ')[1] ?? '').split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, index) => (segment.startsWith('{') ? given[index] !== '' : segment === given[index]));
}

/** Undefined where there is too much of it; it is read to its end all the same, so that the answer is seen. */
async function bytesOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MOST_BYTES) chunks.push(chunk);
  }
  return length <= MOST_BYTES ? Buffer.concat(chunks) : undefined;
}

const answerSchema = z.looseObject({
  statusCode: z.int().min(200).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  cookies: z.array(z.string()).default([]),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});
type GatewayAnswer = z.output<typeof answerSchema>;

async function answerOf(call: () => Promise<unknown>): Promise<GatewayAnswer> {
  const answer = await Promise.resolve()
    .then(call)
    .catch(() => undefined);
  return answerSchema.safeParse(answer).data ?? gatewayAnswer(500, 'Internal Server Error');
}

/** What the function does goes on; only its answer is too late. */
async function inTime(answer: Promise<GatewayAnswer>, timeoutMs: number): Promise<GatewayAnswer> {
  const late = Promise.withResolvers<GatewayAnswer>();
  const timer = setTimeout(() => late.resolve(gatewayAnswer(503, 'Service Unavailable')), timeoutMs);
  const first = await Promise.race([answer, late.promise]);
  clearTimeout(timer);
  return first;
}

function gatewayAnswer(statusCode: number, message: string): GatewayAnswer {
  const headers = { 'content-type': 'application/json' };
  return { statusCode, headers, cookies: [], body: JSON.stringify({ message }), isBase64Encoded: false };
}

function send(
  response: ServerResponse,
  requestId: string,
  { statusCode, headers, cookies, body, isBase64Encoded }: GatewayAnswer,
): void {
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response
    .writeHead(statusCode, {
      ...headers,
      ...(statusCode !== 204 && statusCode !== 304 && { 'content-length': bytes.length }),
      'apigw-requestid': requestId,
    })
    .end(bytes);
}
