import { randomUUID } from 'node:crypto';

/** A request, as far as an event tells of it. */
export interface Sent {
  method: string;
  /** Path and query, as they stand in the request line. */
  url: string;
  headers?: Readonly<Record<string, string | string[] | undefined>>;
  body?: string | Buffer;
  /** Default: what API Gateway makes of the content type. */
  isBase64Encoded?: boolean;
  requestId?: string;
  routeKey?: string;
  domainName?: string;
  sourceIp?: string;
  httpVersion?: string;
}

/**
 * What API Gateway hands to a function. Source: "Create AWS Lambda proxy integrations for HTTP APIs", payload format
 * version 2.0.
 */
export function httpEvent({ method, url, headers = {}, body = '', ...more }: Sent) {
  const { requestId = randomUUID(), routeKey = '$default', domainName = '127.0.0.1', httpVersion = '1.1' } = more;
  const [rawPath = '/', ...query] = url.split('?');
  const { cookie, ...others } = headers;
  const bytes = Buffer.from(body);
  const isBase64Encoded = more.isBase64Encoded ?? (bytes.length > 0 && !isText(String(headers['content-type'] ?? '')));
  const now = Date.now();
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query.join('?'),
    ...(cookie !== undefined && { cookies: String(cookie).split('; ') }),
    headers: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, [value].flat().join(',')])),
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName,
      domainPrefix: 'local',
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${httpVersion}`,
        sourceIp: more.sourceIp ?? '127.0.0.1',
        userAgent: String(headers['user-agent'] ?? ''),
      },
      requestId,
      routeKey,
      stage: '$default',
      time: new Date(now).toUTCString(),
      timeEpoch: now,
    },
    ...(bytes.length > 0 && { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

/** What API Gateway hands on as it is; anything else, forms among it, comes in base64. */
function isText(contentType: string): boolean {
  return /^(text\/|application\/(json|xml|javascript)\b)/.test(contentType.toLowerCase());
}
