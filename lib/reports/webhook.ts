import type { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { Agent, type Dispatcher, request } from 'undici';
import manifest from '../../package.json' with { type: 'json' };
import { codeOf } from '../errors.ts';
import { InsideError, isInside, outsideOnly } from './inside.ts';

const USER_AGENT = `banap/${manifest.version}`;

/** Nothing in an answer matters but its status; a receiver must not be able to fill the memory. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface Delivery extends Target {
  /** `whsec_…`, as Standard Webhooks writes it. Undefined: not signed, because the address alone is the key. */
  secret: string | undefined;
  /** The same for every try of one report, so that the receiver can tell a repetition. */
  messageId: string;
  /** JSON text. Signed and sent as it is. */
  body: string;
  /** Milliseconds since the epoch; receivers refuse what is more than five minutes off. */
  now: number;
  /** Besides those that every report has. */
  headers?: Readonly<Record<string, string>>;
}

/** Where reports go. */
interface Target {
  url: string;
  /** For the whole delivery: connection, answer and all. */
  timeoutMs: number;
  /** Hosts that may be inside, and reached without TLS: receivers of this deployment's own. None if it is left out. */
  allowedHosts?: readonly string[];
  /** Finds the addresses of a name; Node's own where it is left out. */
  resolve?: typeof lookup;
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
  const { status, host } = await asked(delivery, () => ({
    method: 'POST',
    headers: headersOf(delivery),
    body: delivery.body,
  }));
  if (status >= 200 && status < 300) return { status };
  throw new DeliveryError(kindOf(status), `webhook at ${host} answered ${status}`);
}

/** Asks where reports go for nothing (HEAD), as a delivery would. Any answer shows that it is there. Throws DeliveryError. */
export function probeWebhook(target: Target): Promise<{ status: number; host: string }> {
  return asked(target, () => ({ method: 'HEAD', headers: { 'user-agent': USER_AGENT } }));
}

async function asked(target: Target, asking: () => Asking): Promise<{ status: number; host: string }> {
  const url = URL.parse(target.url);
  if (url === null) throw new DeliveryError('refused', 'the webhook URL cannot be parsed');
  const isAllowed = target.allowedHosts?.includes(url.hostname) ?? false;
  if (!isAllowed) mustLeadOutside(url);
  const lookup = isAllowed ? {} : { lookup: outsideOnly(target.resolve) };
  const connect = { timeout: target.timeoutMs, ...lookup };
  const agent = new Agent({ connect });
  try {
    return { status: await send(url, target, asking(), agent), host: url.host };
  } finally {
    await agent.destroy();
  }
}

type Asking = Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body'>;

/** An address in the URL is connected to without looking it up; names are checked when they are looked up. */
function mustLeadOutside(url: URL): void {
  if (url.protocol !== 'https:') {
    throw new DeliveryError(
      'refused',
      `webhook at ${url.host} is not https; expected an https URL, or ${allowing(url)}`,
    );
  }
  const address = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) !== 0 && isInside(address)) throw leadsInside(url, address);
}

function leadsInside(url: URL, address: string): DeliveryError {
  const where = url.hostname.includes(address) ? 'is' : `leads to ${address},`;
  return new DeliveryError(
    'refused',
    `webhook at ${url.host} ${where} inside a private network; expected a public host, or ${allowing(url)}`,
  );
}

function allowing({ hostname }: URL): string {
  return `BANAP_REPORT_ALLOW_HOSTS=${hostname} where that is meant`;
}

async function send(url: URL, { timeoutMs }: Target, asking: Asking, dispatcher: Dispatcher): Promise<number> {
  try {
    const answer = await request(url, {
      ...asking,
      dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    await drain(answer.body);
    return answer.statusCode;
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    if (error instanceof InsideError) throw leadsInside(url, error.address);
    throw new DeliveryError('unavailable', `webhook at ${url.host} did not answer (${codeOf(error)})`, {
      cause: error,
    });
  }
}

function headersOf({ secret, messageId, now, body, headers }: Omit<Delivery, keyof Target>): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const common = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': USER_AGENT,
    ...headers,
  };
  if (secret === undefined) return common;
  return {
    ...common,
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
