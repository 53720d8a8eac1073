import type { ChatNotifier } from '../core/notifiers.ts';
import { type StageNotifierOptions, stageNotifier } from '../core/stage-notifier.ts';
import type { NaverWorksClient } from './client.ts';

export interface NaverWorksNotifierOptions extends Omit<StageNotifierOptions, 'place' | 'send'> {
  client: Pick<NaverWorksClient, 'sendMessage'>;
  /** The message room's id. */
  channel: string;
}

/** Messages cannot be changed in NAVER WORKS. They have at most 2,000 characters. */
export function naverWorksNotifier({ client, channel, ...options }: NaverWorksNotifierOptions): ChatNotifier {
  return stageNotifier({
    ...options,
    place: `naver-works:${channel}`,
    send: (text) => client.sendMessage({ channelId: channel }, text),
  });
}
