import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendOnce } from '../net/send-once.ts';
import { type Fault, Faults, fail } from './faults.ts';
import { bodyOf, type LocalServer, listen } from './http.ts';
import { record } from './slack-limits.ts';
import { contentOf, type LocalSlackMessage, refusal, SlackMessages } from './slack-messages.ts';
import { clickBody, commandBody, type SlackClick, type SlackCommand, slackSignature } from './slack-person.ts';

/** The answers to what a person did. */
interface SlackAnswer {
  /** 0 when there was none within the three seconds that Slack waits. */
  status: number;
  body: string;
  /** What came to the response URL, in order; it grows. */
  responses: Record<string, unknown>[];
}

export interface LocalSlack extends LocalServer {
  /** For `slackApiUrl`. */
  apiUrl: string;
  /** As it stands in Secrets Manager. */
  secret: { botToken: string; signingSecrets: [string] };
  /** What is in the channels now, oldest first. */
  readonly messages: readonly LocalSlackMessage[];
  /** Methods of the Web API that were called, `response_url` among them, whatever became of them. */
  readonly calls: readonly string[];
  /** Apply a fault to the next `count` calls. */
  failNext(count: number, fault: Fault): void;
  /** Type a slash command; `url` is where the app takes commands. */
  command(url: string, said: SlackCommand): Promise<SlackAnswer>;
  /** Use a button or a menu of a message; `url` is where the app takes interactions. */
  click(url: string, said: SlackClick): Promise<SlackAnswer>;
}

export interface LocalSlackOptions {
  botToken?: string;
  signingSecret?: string;
  /** Milliseconds since the epoch; signatures carry it. */
  now?: () => number;
  /** What the bot token may do, as every answer of the Web API says in a header. */
  scopes?: readonly string[];
}

/** Slack as far as this project uses it: Web API with its limits, response URLs, and people who write and click. */
export async function startSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const { botToken = 'xoxb-local-0123456789', signingSecret = 'local-signing-secret-0123456789' } = options;
  const { scopes = ['chat:write', 'commands'] } = options;
  const messages = new SlackMessages();
  const responses = new ResponseUrls(messages);
  const faults = new Faults();
  const calls: string[] = [];
  const server = await listen((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://slack');
    const body = await bodyOf(request);
    calls.push(pathname.startsWith('/api/') ? pathname.slice('/api/'.length) : 'response_url');
    const fault = faults.next();
    if (fault !== undefined && fault !== 'cut-after') return fail(response, fault, 'retry-after');
    const { status, reply } = pathname.startsWith('/api/')
      ? { status: 200, reply: callOf(messages, pathname.slice('/api/'.length), request, body, botToken) }
      : responses.take(pathname, body);
    if (fault !== undefined) return fail(response, fault, 'retry-after');
    response.setHeader('x-oauth-scopes', scopes.join(','));
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(reply));
  }

  async function send(url: string, id: string, body: string): Promise<SlackAnswer> {
    const seconds = Math.floor((options.now?.() ?? Date.now()) / 1000);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(seconds),
      'x-slack-signature': slackSignature(signingSecret, seconds, body),
    };
    return { ...(await postAsSlack(url, headers, body)), responses: responses.at(id) };
  }

  return {
    ...server,
    apiUrl: `${server.url}/api/`,
    secret: { botToken, signingSecrets: [signingSecret] },
    messages: messages.all,
    calls,
    failNext: (count, fault) => faults.failNext(count, fault),
    command(url, said) {
      const id = responses.open();
      return send(url, id, commandBody(said, `${server.url}${id}`));
    },
    click(url, said) {
      const id = responses.open(said.messageTs);
      return send(url, id, clickBody(said, messages.find(said.messageTs), `${server.url}${id}`));
    },
  };
}

/** Slack waits three seconds for an app. */
async function postAsSlack(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<{ status: number; body: string }> {
  try {
    const { status, text } = await sendOnce(url, { headers, body, signal: AbortSignal.timeout(3_000) });
    return { status, body: text };
  } catch {
    return { status: 0, body: '' };
  }
}

function callOf(
  messages: SlackMessages,
  method: string,
  request: IncomingMessage,
  body: string,
  botToken: string,
): object {
  const { authorization } = request.headers;
  if (authorization === undefined) return refusal('not_authed');
  if (authorization !== `Bearer ${botToken}`) return refusal('invalid_auth');
  const args = argumentsIn(request.headers['content-type'] ?? '', body);
  return messages.methods[method]?.(args) ?? refusal('unknown_method');
}

/** A form, or JSON whose `blocks` are no string. */
function argumentsIn(contentType: string, body: string): Record<string, string> {
  if (!contentType.startsWith('application/json')) return Object.fromEntries(new URLSearchParams(body));
  const fields = Object.entries(record(JSON.parse(body)));
  return Object.fromEntries(
    fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** Where an app may answer what a person did: five times each. */
class ResponseUrls {
  readonly #messages: SlackMessages;
  readonly #open = new Map<string, { original: string; taken: Record<string, unknown>[] }>();

  constructor(messages: SlackMessages) {
    this.#messages = messages;
  }

  /** `original` is the `ts` of the message that was clicked. Returns the path. */
  open(original = ''): string {
    const path = `/responses/T0LOCAL00/${this.#open.size + 1}`;
    this.#open.set(path, { original, taken: [] });
    return path;
  }

  at(path: string): Record<string, unknown>[] {
    return this.#open.get(path)?.taken ?? [];
  }

  take(path: string, body: string): { status: number; reply: object } {
    const url = this.#open.get(path);
    if (url === undefined) return { status: 404, reply: refusal('no_such_url') };
    if (url.taken.length >= 5) return { status: 404, reply: refusal('used_url') };
    const args = argumentsIn('application/json', body);
    const content = contentOf(args);
    if ('ok' in content) return { status: 400, reply: content };
    url.taken.push(record(JSON.parse(body)));
    const message = this.#messages.find(url.original);
    if (message !== undefined && args['replace_original'] === 'true') this.#messages.change(message, content);
    return { status: 200, reply: { ok: true } };
  }
}
