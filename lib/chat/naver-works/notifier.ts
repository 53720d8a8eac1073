import { createHash } from 'node:crypto';
import type { Notice, RunView } from '../../termination/status/run-view.ts';
import { type ChatNotifier, type MessageStore, sayOnce } from '../core/notifiers.ts';
import type { NaverWorksClient } from './client.ts';

export interface NaverWorksNotifierOptions {
  client: Pick<NaverWorksClient, 'sendMessage'>;
  /** The message room's id. */
  channel: string;
  store: MessageStore;
  /** At most 2,000 characters. */
  render: (card: RunView) => string | Promise<string>;
  renderNotice: (card: RunView, notice: Notice) => string;
}

/** Messages cannot be changed in NAVER WORKS, so there is a new one for each stage of a run, and none in between. */
export function naverWorksNotifier({
  client,
  channel,
  store,
  render,
  renderNotice,
}: NaverWorksNotifierOptions): ChatNotifier {
  function tellOnce({ requestId }: RunView, what: string, text: () => string | Promise<string>): Promise<void> {
    return sayOnce(store, { requestId, place: `naver-works:${channel}#${what}` }, async () => {
      await client.sendMessage({ channelId: channel }, await text());
    });
  }

  return {
    show: (card) => tellOnce(card, stageOf(card), () => render(card)),
    notify: (card, notice) => tellOnce(card, `notice ${notice.key}`, () => renderNotice(card, notice)),
  };
}

/** What makes a run worth another message. While it waits for people, also a new plan and another one's agreement. */
function stageOf({ state, status, planHash, missingApprovals, actsAt }: RunView): string {
  const waiting = state === 'awaiting-approval' ? [planHash, missingApprovals] : [];
  const announced = state === 'announced' ? [actsAt] : [];
  return createHash('sha256')
    .update(JSON.stringify([state, status, ...waiting, ...announced]))
    .digest('hex')
    .slice(0, 16);
}
