import { createHash } from 'node:crypto';
import type { MessageStore, SentStore } from '../../termination/ports/store.ts';
import type { Notice, RunView } from '../../termination/status/run-view.ts';
import { type ChatNotifier, sendOnce } from '../core/notifiers.ts';
import type { SlackClient, SlackMessage } from './client.ts';

export interface SlackNotifierOptions {
  client: SlackClient;
  /** The channel's id. */
  channel: string;
  store: MessageStore & SentStore;
  render: (card: RunView) => SlackMessage | Promise<SlackMessage>;
  renderNotice: (card: RunView, notice: Notice) => SlackMessage;
}

/**
 * One message a run in a Slack channel, changed in place; notices are replies to it. A post of which nobody knows whether
 * it succeeded is made again, so that a run may leave a second, older message; what people click there is judged by the
 * run as it is now.
 */
export function slackNotifier(options: SlackNotifierOptions): ChatNotifier {
  const { client, channel, store, render, renderNotice } = options;
  const shown = new Map<string, string>();
  const messages = new RunMessages(options);
  return {
    async show(card) {
      const content = await render(card);
      const digest = createHash('sha256').update(JSON.stringify(content)).digest('base64');
      if (shown.get(card.requestId) === digest) return;
      await messages.put(card.requestId, content);
      shown.set(card.requestId, digest);
    },
    async notify(card, notice) {
      const { requestId } = card;
      const thread = await messages.of(requestId);
      await sendOnce(store, { about: requestId, what: `slack:${channel}#notice ${notice.key}` }, async () => {
        await client.postMessage(channel, renderNotice(card, notice), thread);
      });
    },
  };
}

type RunMessagesOptions = Pick<SlackNotifierOptions, 'client' | 'channel'> & { store: MessageStore };

/** Which message shows which run. */
class RunMessages {
  readonly #options: RunMessagesOptions;
  /** Posted, and not yet kept in the store. */
  readonly #loose = new Map<string, string>();

  constructor(options: RunMessagesOptions) {
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
    return this.#options.store.messageOf(requestId, this.#room);
  }

  async #settle(requestId: string, own: string): Promise<string> {
    const { client, channel, store } = this.#options;
    const kept = await store.rememberMessage(requestId, this.#room, own);
    this.#loose.delete(requestId);
    if (kept !== own) await client.deleteMessage(channel, own);
    return kept;
  }

  get #room(): string {
    return `slack:${this.#options.channel}`;
  }
}
