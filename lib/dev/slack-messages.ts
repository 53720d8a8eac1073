import { jsonFrom } from '../text/json.ts';
import { blockProblems, MAX_MESSAGE_CHARACTERS } from './slack-limits.ts';

/** The content of a message at one time. */
export interface SlackContent {
  text: string;
  blocks: unknown[];
}

export interface LocalSlackMessage extends SlackContent {
  channel: string;
  ts: string;
  /** The message that it replies to; empty if it is not a reply. */
  threadTs: string;
  /** All versions of its content, oldest first; the last one is current. */
  history: SlackContent[];
}

type Reply = { ok: boolean } & Record<string, unknown>;
type Method = (args: Record<string, string>) => Reply;

/** The channels of a workspace, and the methods of the Web API that change them. Any id of a channel exists. */
export class SlackMessages {
  readonly all: LocalSlackMessage[] = [];
  #posted = 0;

  readonly methods: Readonly<Record<string, Method>> = {
    'auth.test': () => ({
      ok: true,
      team: 'banap',
      user: 'banap',
      team_id: 'T0LOCAL00',
      user_id: 'U0BANAP00',
      bot_id: 'B0BANAP00',
    }),
    'chat.postMessage': (args) => this.#post(args),
    'chat.update': (args) => this.#update(args),
    'chat.delete': (args) => this.#delete(args),
  };

  find(ts: string): LocalSlackMessage | undefined {
    return this.all.find((message) => message.ts === ts);
  }

  change(message: LocalSlackMessage, content: SlackContent): void {
    message.history.push(content);
    Object.assign(message, content);
  }

  #post(args: Record<string, string>): Reply {
    const { channel = '', thread_ts: threadTs = '' } = args;
    if (!/^[CDGU][A-Z0-9]{2,}$/.test(channel)) return refusal('channel_not_found');
    if (threadTs !== '' && this.find(threadTs) === undefined) return refusal('thread_not_found');
    const content = contentOf(args);
    if ('ok' in content) return content;
    this.#posted += 1;
    const ts = `1700000000.${String(this.#posted).padStart(6, '0')}`;
    this.all.push({ channel, ts, threadTs, ...content, history: [content] });
    return { ok: true, channel, ts, message: { ...content, ts } };
  }

  #update(args: Record<string, string>): Reply {
    const message = this.#in(args);
    if (message === undefined) return refusal('message_not_found');
    const content = contentOf(args);
    if ('ok' in content) return content;
    this.change(message, content);
    return { ok: true, channel: message.channel, ts: message.ts, text: content.text };
  }

  #delete(args: Record<string, string>): Reply {
    const message = this.#in(args);
    if (message === undefined) return refusal('message_not_found');
    this.all.splice(this.all.indexOf(message), 1);
    return { ok: true, channel: message.channel, ts: message.ts };
  }

  #in({ channel, ts = '' }: Record<string, string>): LocalSlackMessage | undefined {
    const message = this.find(ts);
    return message?.channel === channel ? message : undefined;
  }
}

/** The content that was sent, or why Slack refuses it. */
export function contentOf(args: Record<string, string>): SlackContent | Reply {
  const text = args['text'] ?? '';
  const json = args['blocks'] ?? '[]';
  const blocks = parsed(json);
  if (blocks === undefined) return refusal('invalid_blocks_format');
  const problems = blockProblems(blocks);
  if (problems.length > 0) return refusal('invalid_blocks', problems);
  if (json.length > MAX_MESSAGE_CHARACTERS) return refusal('msg_blocks_too_long');
  if (text.length > 40_000) return refusal('msg_too_long');
  return text === '' && blocks.length === 0 ? refusal('no_text') : { text, blocks };
}

export function refusal(error: string, messages: string[] = []): Reply {
  return messages.length === 0 ? { ok: false, error } : { ok: false, error, response_metadata: { messages } };
}

function parsed(json: string): unknown[] | undefined {
  const value = jsonFrom(json);
  return Array.isArray(value) ? value : undefined;
}
