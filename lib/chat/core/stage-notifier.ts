import { createHash } from 'node:crypto';
import type { SentStore } from '../../termination/ports/store.ts';
import type { Notice, RunView } from '../../termination/status/run-view.ts';
import { type ChatNotifier, sendOnce } from './notifiers.ts';

export interface StageNotifierOptions {
  /** Names the room among all of every chat. */
  place: string;
  store: SentStore;
  send: (text: string) => Promise<void>;
  render: (card: RunView) => string | Promise<string>;
  renderNotice: (card: RunView, notice: Notice) => string;
}

/** For a chat whose messages cannot be changed: a new one for each stage of a run, and none in between. */
export function stageNotifier({ place, store, send, render, renderNotice }: StageNotifierOptions): ChatNotifier {
  function tellOnce({ requestId }: RunView, what: string, text: () => string | Promise<string>): Promise<void> {
    return sendOnce(store, { about: requestId, what: `${place}#${what}` }, async () => send(await text()));
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
