import type { IncomingMessage, ServerResponse } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { jsonFrom } from '../text/json.ts';
import { bodyOf, type LocalServer, listen } from './http.ts';

interface Received {
  /** The `webhook-id` header; empty when there was none. */
  id: string;
  /** Whether the signature fits the bytes that came in. */
  verified: boolean;
  /** The parsed JSON, or the text when it is not JSON. */
  body: unknown;
}

export interface LocalReceiver extends LocalServer {
  /** Everything that arrived and was answered with 200, and what was not verified, in order. */
  readonly received: readonly Received[];
  /** Answer the next `count` deliveries with this status, without keeping them. */
  failNext(count: number, status: number): void;
}

/** A receiver of reports after Standard Webhooks: it verifies signatures as any receiver would, with the library's own `verify`. */
export async function startReceiver(options: { secret: string }): Promise<LocalReceiver> {
  const received: Received[] = [];
  const failures: number[] = [];
  const webhook = new Webhook(options.secret);
  const server = await listen((request, response) => {
    void receive(request, response).catch(() => response.destroy());
  });

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await bodyOf(request);
    const failure = failures.shift();
    if (failure !== undefined) return void response.writeHead(failure).end();
    const item = {
      id: header(request, 'webhook-id'),
      verified: isSigned(webhook, text, request),
      body: jsonFrom(text) ?? text,
    };
    received.push(item);
    response.writeHead(item.verified ? 200 : 401).end();
  }

  return { ...server, received, failNext: (count, status) => void failures.push(...Array(count).fill(status)) };
}

function isSigned(webhook: Webhook, text: string, request: IncomingMessage): boolean {
  try {
    webhook.verify(
      text,
      {
        'webhook-id': header(request, 'webhook-id'),
        'webhook-timestamp': header(request, 'webhook-timestamp'),
        'webhook-signature': header(request, 'webhook-signature'),
      },
      { jsonParse: false },
    );
    return true;
  } catch {
    return false;
  }
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
