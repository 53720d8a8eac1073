import { buffer } from 'node:stream/consumers';
import { type LocalServer, listen } from '../../lib/dev/http.ts';
import { httpEvent } from '../../lib/dev/http-event.ts';
import type { HttpAnswer } from '../../lib/http/answer.ts';

export interface Gateway extends LocalServer {
  /** Whether every body comes in base64, text too. */
  isBase64Encoded: boolean;
}

/** As API Gateway's HTTP API, but everything goes to this handler, and its answer goes back as it is. */
export async function startGateway(handler: (event: object) => Promise<HttpAnswer>): Promise<Gateway> {
  const server = await listen((request, response) => {
    void (async () => {
      const { method = 'GET', url = '/', headers } = request;
      const event = httpEvent({
        method,
        url,
        headers,
        body: await buffer(request),
        domainName: 'abc.execute-api.ap-northeast-2.amazonaws.com',
        ...(gateway.isBase64Encoded && { isBase64Encoded: true }),
      });
      const { statusCode, headers: answered, body } = await handler(event);
      response.writeHead(statusCode, answered).end(body);
    })().catch(() => response.destroy());
  });
  const gateway = { ...server, isBase64Encoded: false };
  return gateway;
}
