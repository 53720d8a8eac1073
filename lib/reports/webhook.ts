import { Webhook } from 'standardwebhooks';
import { Agent, type Dispatcher, request } from 'undici';
import manifest from '../../package.json' with { type: 'json' };
import { codeOf } from '../error-code.ts';

/** Nothing in an answer matters but its status; a receiver must not be able to fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface Delivery {
  url: string;
  /** `whsec_…`, as Standard Webhooks writes it. */
  secret: string;
  /** The same for every try of one report, so that the receiver can tell a repetition. */
  messageId: string;
  /** JSON text. Signed and sent as it is. */
  body: string;
  /** Milliseconds since the epoch; receivers refuse what is more than five minutes off. */
  now: number;
  /** Where the connection comes from; without it one is opened and closed again. */
  dispatcher?: Dispatcher;
  /** For the whole delivery: connection, answer and all. */
  timeoutMs: number;
}

/** A report did not arrive, as far as we know. The message names host and status: a URL's path may carry a token. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly kind: 'refused' | 'unavailable';

  constructor(kind: DeliveryError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Whether the same report may be sent again. */
  get retryable(): boolean {
    return this.kind === 'unavailable';
  }
}

/**
 * POST a report, signed after Standard Webhooks (https://www.standardwebhooks.com). Any 2xx means delivered; redirects
 * are not followed, because a signed report must not go where the secret's owner did not send it.
 */
export async function deliverReport(delivery: Delivery): Promise<{ status: number }> {
  const url = URL.parse(delivery.url);
  if (url === null) throw new DeliveryError('refused', 'the webhook URL cannot be parsed');
  const own = delivery.dispatcher === undefined ? new Agent({ connect: { timeout: delivery.timeoutMs } }) : undefined;
  try {
    const status = await post(url, delivery, delivery.dispatcher ?? own);
    if (status >= 200 && status < 300) return { status };
    throw new DeliveryError(kindOf(status), `webhook at ${url.host} answered ${status}`);
  } finally {
    await own?.destroy();
  }
}

async function post(url: URL, delivery: Delivery, dispatcher: Dispatcher | undefined): Promise<number> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: headersOf(delivery),
      body: delivery.body,
      ...(dispatcher && { dispatcher }),
      headersTimeout: delivery.timeoutMs,
      bodyTimeout: delivery.timeoutMs,
      signal: AbortSignal.timeout(delivery.timeoutMs),
    });
    await drain(answer.body);
    return answer.statusCode;
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    throw new DeliveryError('unavailable', `webhook at ${url.host} did not answer (${codeOf(error)})`, {
      cause: error,
    });
  }
}

function headersOf({ secret, messageId, now, body }: Delivery): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  return {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': `banap/${manifest.version}`,
    'webhook-id': messageId,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatureOf(secret, messageId, timestamp, body),
  };
}

function signatureOf(secret: string, messageId: string, timestamp: number, body: string): string {
  try {
    return new Webhook(secret).sign(messageId, new Date(timestamp * 1000), body);
  } catch {
    // Without its cause: a decoder may quote what it could not decode.
    throw new DeliveryError('refused', 'the webhook secret cannot sign; expected "whsec_" and base64');
  }
}

/** The receiver has answered when its status is here. What its body does after that changes nothing. */
async function drain(body: Dispatcher.ResponseData['body']): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) break; // leaving the loop destroys the stream and closes the connection
    }
  } catch {
    // Cut or slow in the middle of its body.
  }
}

/** 408, 425 and 429 ask for another try; every other 4xx says that this report will never be taken. */
function kindOf(status: number): DeliveryError['kind'] {
  return status >= 400 && status < 500 && ![408, 425, 429].includes(status) ? 'refused' : 'unavailable';
}
