import { createHash } from 'node:crypto';
import type { Board, RunCard } from '../../termination/run-card.ts';
import { type MessageStore, steadyBoard } from '../boards.ts';
import type { SlackClient, SlackMessage } from './client.ts';

export interface SlackBoardOptions {
  client: SlackClient;
  /** The channel's id. */
  channel: string;
  store: MessageStore;
  render: (card: RunCard) => SlackMessage;
  /** What failed is tried again at the next `show`. */
  onFailure: (error: unknown) => void;
}

/**
 * One message a run in a Slack channel, changed in place; notices are replies to it. A post of which nobody knows whether
 * it succeeded is made again, so that a run may leave a second, older message; what people click there is judged by the
 * run as it is now.
 */
export function slackBoard({ onFailure, ...options }: SlackBoardOptions): Board {
  const shown = new Map<string, string>();
  const messages = new RunMessages(options);
  return steadyBoard(
    {
      async show(card) {
        const content = options.render(card);
        const digest = createHash('sha256').update(JSON.stringify(content)).digest('base64');
        if (shown.get(card.requestId) === digest) return;
        await messages.put(card.requestId, content);
        shown.set(card.requestId, digest);
      },
      async notify(card, text) {
        const thread = await messages.of(card.requestId);
        await options.client.postMessage(options.channel, { text }, thread);
      },
    },
    onFailure,
  );
}

/** Which message shows which run. */
class RunMessages {
  readonly #options: Omit<SlackBoardOptions, 'onFailure' | 'render'>;
  /** Posted, and not yet kept in the store. */
  readonly #loose = new Map<string, string>();

  constructor(options: Omit<SlackBoardOptions, 'onFailure' | 'render'>) {
    this.#options = options;
  }

  /** Two processes at once may both post; whoever comes second takes its message away again. */
  async put(requestId: string, content: SlackMessage): Promise<void> {
    const { client, channel } = this.#options;
    const known = await this.of(requestId);
    if (known !== undefined) return client.updateMessage(channel, known, content);
    const own = await client.postMessage(channel, content);
    this.#loose.set(requestId, own);
    const kept = await this.#settle(requestId, own);
    if (kept !== own) await client.updateMessage(channel, kept, content);
  }

  async of(requestId: string): Promise<string | undefined> {
    const loose = this.#loose.get(requestId);
    if (loose !== undefined) return this.#settle(requestId, loose);
    return this.#options.store.messageOf(requestId, this.#place);
  }

  async #settle(requestId: string, own: string): Promise<string> {
    const { client, channel, store } = this.#options;
    const kept = await store.remember(requestId, this.#place, own);
    this.#loose.delete(requestId);
    if (kept !== own) await client.deleteMessage(channel, own);
    return kept;
  }

  get #place(): string {
    return `slack:${this.#options.channel}`;
  }
}
