import * as z from 'zod';
import { HttpProblem } from './problem.ts';

/** A request as it was sent. */
export interface HttpRequest {
  /** In upper case. */
  method: string;
  /** Without the query, as it came: percent-encoding is not undone. */
  path: string;
  query: URLSearchParams;
  /** Names are in lower case after middy's header normalizer. A comma joins headers that were sent twice. */
  headers: Readonly<Record<string, string>>;
  /** The bytes that were sent; signatures cover these. */
  body: Buffer;
  /** API Gateway's own name for this request, to find it in its logs; may be empty. */
  gatewayId: string;
  /** The host that was called, as API Gateway reports it; never taken from a header. */
  host: string;
}

/** Enough for 200 servers and a reason. */
export const MOST_BODY_BYTES = 64 * 1024;

/** An event of API Gateway (HTTP API, payload 2.0). AWS adds keys now and then. */
const eventSchema = z.looseObject({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: z.string().default(''),
  headers: z.record(z.string(), z.string()).default({}),
  requestContext: z.looseObject({
    domainName: z.string().default(''),
    requestId: z.string().default(''),
    http: z.looseObject({ method: z.string().min(1) }),
  }),
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
});

/** Whether an event is already a request: only then is its body bytes. */
export function isHttpRequest(event: unknown): event is HttpRequest {
  return typeof event === 'object' && event !== null && 'body' in event && event.body instanceof Buffer;
}

/** Throws {@link HttpProblem}: 400 or 413. */
export function requestFrom(event: unknown): HttpRequest {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) throw new HttpProblem(400, 'this is not a request of an HTTP API with payload format 2.0');
  const { rawPath, rawQueryString, headers, requestContext, body = '', isBase64Encoded } = parsed.data;
  return {
    method: requestContext.http.method.toUpperCase(),
    path: rawPath,
    query: new URLSearchParams(rawQueryString),
    headers,
    body: bytesOf(body, isBase64Encoded),
    gatewayId: requestContext.requestId,
    host: requestContext.domainName,
  };
}

function bytesOf(body: string, isBase64Encoded: boolean): Buffer {
  // Before anything is decoded: base64 is a third longer than its content.
  if (body.length > MOST_BODY_BYTES * 2) throw tooLarge();
  const bytes = isBase64Encoded ? fromBase64(body) : fromText(body);
  if (bytes.length > MOST_BODY_BYTES) throw tooLarge();
  return bytes;
}

function tooLarge(): HttpProblem {
  return new HttpProblem(413, `the body is larger than ${MOST_BODY_BYTES} bytes; split the request`);
}

/** Node skips characters that are not base64, and a signature over the rest might still fit. */
function fromBase64(body: string): Buffer {
  const bytes = Buffer.from(body, 'base64');
  if (bytes.toString('base64') !== body) throw new HttpProblem(400, 'the body is marked as base64, but is not');
  return bytes;
}

function fromText(body: string): Buffer {
  if (!body.isWellFormed()) throw new HttpProblem(400, 'the body is not UTF-8');
  return Buffer.from(body, 'utf8');
}
