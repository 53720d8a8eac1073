/** API Gateway's HTTP API on loopback: what comes over HTTP goes to a Lambda function as an event of payload format 2.0. */

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import * as z from 'zod';
import type { LambdaHandler } from './durable-runner.ts';

export interface HttpApiOptions {
  /** Which function takes requests of this path; as in AWS, it says itself what is at the path and what is not. */
  functionFor: (path: string) => LambdaHandler;
  /** How long it waits for a function: 30 seconds, unless said otherwise. */
  timeoutMs?: number;
}

/**
 * Listens to everything that an HTTP server gets. A function that throws, answers with what is no answer, or does not
 * answer in time is answered for: 500 and 503, as API Gateway does.
 */
export function httpApi({ functionFor, timeoutMs = 30_000 }: HttpApiOptions): RequestListener {
  return (request, response) => {
    void serve(request, response, functionFor, timeoutMs).catch(() => response.destroy());
  };
}

/** Source: quotas of API Gateway, HTTP APIs. */
const MOST_BYTES = 10 * 1024 * 1024;

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  functionFor: HttpApiOptions['functionFor'],
  timeoutMs: number,
): Promise<void> {
  const requestId = randomUUID();
  const body = await bytesOf(request);
  if (body === undefined) return send(response, requestId, gatewayAnswer(413, 'Request Entity Too Large'));
  const event = eventFrom(request, body, requestId);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any handler fits, and takes what AWS gives it
  const handler = functionFor(event.rawPath) as (event: unknown, context: object) => Promise<unknown>;
  const context = { awsRequestId: randomUUID(), getRemainingTimeInMillis: () => timeoutMs };
  send(
    response,
    requestId,
    await inTime(
      answerOf(() => handler(event, context)),
      timeoutMs,
    ),
  );
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

/** Source: API Gateway, "Create AWS Lambda proxy integrations for HTTP APIs", payload format version 2.0. */
function eventFrom(request: IncomingMessage, body: Buffer, requestId: string) {
  const { method = 'GET', url = '/', headers, socket, httpVersion } = request;
  const [rawPath = '/', ...query] = url.split('?');
  const { cookie, ...others } = headers;
  const isBase64Encoded = body.length > 0 && !isText(headers['content-type'] ?? '');
  const now = Date.now();
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString: query.join('?'),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value].flat().join(',')])),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: '127.0.0.1',
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${httpVersion}`,
        sourceIp: socket.remoteAddress ?? '',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What API Gateway hands on as it is; anything else, forms among it, comes in base64. */
function isText(contentType: string): boolean {
  return /^(text\/|application\/(json|xml|javascript)\b)/.test(contentType.toLowerCase());
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
