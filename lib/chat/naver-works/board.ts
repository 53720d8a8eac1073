import { createHash } from 'node:crypto';
import type { Board, RunCard } from '../../termination/run-card.ts';
import { type MessageStore, steadyBoard } from '../boards.ts';
import type { NaverWorksClient } from './client.ts';

export interface NaverWorksBoardOptions {
  client: NaverWorksClient;
  /** The message room's id. */
  channel: string;
  store: MessageStore;
  render: (card: RunCard) => { text: string };
  /** What failed is tried again at the next `show`. */
  onFailure: (error: unknown) => void;
}

/**
 * Messages cannot be changed in NAVER WORKS, so there is a new one for each stage of a run, and none in between. It is
 * sent first and kept in the store afterwards: a crash in between says it twice rather than never, since somebody's
 * agreement may hang on it.
 */
export function naverWorksBoard({ client, channel, store, render, onFailure }: NaverWorksBoardOptions): Board {
  const told = new Set<string>();

  async function tellOnce(card: RunCard): Promise<void> {
    const stage = stageOf(card);
    const key = `${card.requestId} ${stage}`;
    const place = `naver-works:${channel}#${stage}`;
    const isTold = told.has(key) || (await store.messageOf(card.requestId, place)) !== undefined;
    if (!isTold) await client.sendMessage({ channelId: channel }, render(card).text);
    told.add(key);
    if (!isTold) await store.remember(card.requestId, place, card.updatedAt);
  }

  return steadyBoard(
    { show: tellOnce, notify: (_card, text) => client.sendMessage({ channelId: channel }, text) },
    onFailure,
  );
}

/** What makes a run worth another message. While it waits for people, also a new plan and another one's agreement. */
function stageOf({ state, status, planHash, missingApprovals, actsAt }: RunCard): string {
  const waiting = state === 'awaiting-approval' ? [planHash, missingApprovals] : [];
  const announced = state === 'announced' ? [actsAt] : [];
  return createHash('sha256')
    .update(JSON.stringify([state, status, ...waiting, ...announced]))
    .digest('hex')
    .slice(0, 16);
}
