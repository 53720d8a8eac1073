import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from '../../lib/http/answer.ts';
import { type LocalServer, listen } from '../../lib/local/http.ts';

export interface Gateway extends LocalServer {
  /** Whether bodies come in base64, as API Gateway sends what it does not take for text. */
  isBase64Encoded: boolean;
}

/** API Gateway's HTTP API on loopback: what comes over HTTP goes to the handler as an event of payload format 2.0. */
export async function startGateway(handler: (event: object) => Promise<HttpAnswer>): Promise<Gateway> {
  const server = await listen((request, response) => {
    void (async () => {
      const { statusCode, headers, body } = await handler(await eventFrom(request, gateway.isBase64Encoded));
      response.writeHead(statusCode, headers).end(body);
    })().catch(() => response.destroy());
  });
  const gateway = { ...server, isBase64Encoded: false };
  return gateway;
}

async function eventFrom(request: IncomingMessage, isBase64Encoded: boolean): Promise<object> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const { method = 'GET', url = '/', headers } = request;
  return eventOf({ method, path: url, headers, body, isBase64Encoded });
}

export function eventOf(sent: {
  method: string;
  path: string;
  headers?: Record<string, string | string[] | undefined>;
  body?: string | Buffer;
  isBase64Encoded?: boolean;
}): object {
  const { method, headers = {}, body = '', isBase64Encoded = false } = sent;
  const [rawPath = '/', rawQueryString = ''] = sent.path.split('?');
  const joined = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]);
  const bytes = Buffer.from(body);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: Object.fromEntries(joined),
    requestContext: {
      accountId: '111122223333',
      apiId: 'abc',
      domainName: 'abc.execute-api.ap-northeast-2.amazonaws.com',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: randomUUID(),
      stage: '$default',
      timeEpoch: Date.now(),
    },
    ...(bytes.length > 0 && { body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}
