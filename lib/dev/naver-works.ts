import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { sendOnce } from '../net/send-once.ts';
import { jsonFrom } from '../text/json.ts';
import { type Fault, Faults, fail } from './faults.ts';
import { bodyOf, type LocalServer, listen } from './http.ts';
import { NaverWorksTokens } from './naver-works-tokens.ts';

export interface LocalNaverWorksSecret {
  clientId: string;
  clientSecret: string;
  serviceAccount: string;
  privateKey: string;
  botId: string;
  botSecret: string;
}

interface NaverWorksMessage {
  /** `users/<userId>` or `channels/<channelId>`. */
  to: string;
  text: string;
}

interface NaverWorksSaying {
  text: string;
  userId?: string;
  /** Only where several people talk. */
  channelId?: string;
  /** Milliseconds since the epoch; the same again with the same words is the same message, sent twice. */
  issuedAt?: number;
}

export interface LocalNaverWorks extends LocalServer {
  /** As it stands in Secrets Manager; the private key is made anew for each process. */
  secret: LocalNaverWorksSecret;
  /** What the bot sent, oldest first. */
  readonly messages: readonly NaverWorksMessage[];
  /** `token` and `message`, whatever became of them. */
  readonly calls: readonly string[];
  failNext(count: number, fault: Fault): void;
  /** End every token that was given out. */
  endTokens(): void;
  /** Say something to the bot; `url` is its callback. */
  say(url: string, said: NaverWorksSaying): Promise<{ status: number; body: string }>;
}

/** NAVER WORKS as far as this project uses it: its token endpoint, a bot's messages, and people who write to the bot. */
export async function startNaverWorks(
  options: { secret?: Partial<LocalNaverWorksSecret>; now?: () => number } = {},
): Promise<LocalNaverWorks> {
  const { now = Date.now } = options;
  const secret = { ...SECRET, privateKey: processKey(), ...options.secret };
  const tokens = new NaverWorksTokens({ ...secret, publicKey: createPublicKey(secret.privateKey), now });
  const messages: NaverWorksMessage[] = [];
  const faults = new Faults();
  const calls: string[] = [];
  const server = await listen((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const isToken = request.url === '/oauth2/v2.0/token';
    calls.push(isToken ? 'token' : 'message');
    const fault = faults.next();
    if (fault !== undefined && fault !== 'cut-after') return fail(response, fault, 'ratelimit-reset');
    const { status, reply } = isToken ? await tokens.issue(new URLSearchParams(body)) : take(request, body);
    if (fault !== undefined) return fail(response, fault, 'ratelimit-reset');
    const text = reply === undefined ? '' : JSON.stringify(reply);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
  }

  function take(request: IncomingMessage, body: string): { status: number; reply?: object } {
    if (!tokens.accept(request.headers.authorization)) return refusal(401, 'UNAUTHORIZED');
    const [, botId = '', to = ''] =
      /^\/v1\.0\/bots\/([^/]+)\/((?:users|channels)\/[^/]+)\/messages$/.exec(request.url ?? '') ?? [];
    if (botId !== secret.botId || request.method !== 'POST') return refusal(404, 'NOT_FOUND');
    const text = textIn(body);
    if (text === undefined) return refusal(400, 'INVALID_PARAMETER');
    messages.push({ to: decodeURIComponent(to), text });
    return { status: 201 };
  }

  return {
    ...server,
    secret,
    messages,
    calls,
    failNext: (count, fault) => faults.failNext(count, fault),
    endTokens: () => tokens.end(),
    say: (url, said) => say(url, said, secret, now()),
  };
}

const SECRET = {
  clientId: 'local-client',
  clientSecret: 'local-client-secret',
  serviceAccount: 'local.serviceaccount@banap.example',
  botId: '1000001',
  botSecret: 'local-bot-secret',
};

/** Making one takes a fraction of a second, so it is made once. */
function processKey(): string {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  return made;
}

let made: string | undefined;

/** https://developers.worksmobile.com/en/docs/bot-send-text */
const bodySchema = z.object({ content: z.object({ type: z.literal('text'), text: z.string().min(1).max(2000) }) });

function textIn(body: string): string | undefined {
  return bodySchema.safeParse(jsonFrom(body)).data?.content.text;
}

function refusal(status: number, code: string): { status: number; reply: object } {
  return { status, reply: { code, description: 'refused by the local NAVER WORKS' } };
}

/** As NAVER WORKS signs what it sends: https://developers.worksmobile.com/kr/docs/bot-callback */
function naverWorksSignature(botSecret: string, body: string): string {
  return createHmac('sha256', botSecret).update(body).digest('base64');
}

async function say(
  url: string,
  { text, userId = 'mina@banap.example', channelId, issuedAt }: NaverWorksSaying,
  { botId, botSecret }: LocalNaverWorksSecret,
  now: number,
): Promise<{ status: number; body: string }> {
  const body = JSON.stringify({
    type: 'message',
    source: { userId, ...(channelId !== undefined && { channelId }), domainId: 40_029_600 },
    issuedTime: new Date(issuedAt ?? now).toISOString(),
    content: { type: 'text', text },
  });
  const { status, text: answer } = await sendOnce(url, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-works-botid': botId,
      'x-works-signature': naverWorksSignature(botSecret, body),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  return { status, body: answer };
}
