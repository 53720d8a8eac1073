import type { SentStore } from '../../termination/ports/store.ts';
import type { RunView } from '../../termination/status/run-view.ts';
import type { Language } from '../../wording/language.ts';
import { cardView } from '../core/card.ts';
import { type ChatNotifier, sendOnce } from '../core/notifiers.ts';
import type { NaverWorksClient } from './client.ts';
import { NAVER_WORKS_PEOPLE } from './identity.ts';
import { cardText } from './text.ts';

interface ApproverLinksOptions {
  client: Pick<NaverWorksClient, 'sendMessage'>;
  store: SentStore;
  language: Language;
  timezone: string;
  /** Those of other chats are left out. */
  approvers: readonly string[];
  decisionLink: (card: RunView, by: string) => Promise<string>;
}

/** There are no buttons, so each approver is written to, with a link of their own to the page on which they decide. */
export function linksToApprovers({ client, store, language, timezone, ...of }: ApproverLinksOptions): ChatNotifier {
  const approvers = of.approvers.filter((by) => by.startsWith(NAVER_WORKS_PEOPLE));
  const write = async (by: string, card: RunView): Promise<void> => {
    const { requestId, planHash } = card;
    const confirmLink = await of.decisionLink(card, by);
    const text = cardText(cardView(card, language, { timezone }), { confirmLink });
    await sendOnce(store, { about: requestId, what: `${by}#${planHash}` }, () =>
      client.sendMessage({ userId: by.slice(NAVER_WORKS_PEOPLE.length) }, text),
    );
  };
  return {
    show: async (card) => {
      if (card.state !== 'awaiting-approval') return;
      const others = approvers.filter((by) => !card.barred.includes(by));
      const sent = await Promise.allSettled(others.map((by) => write(by, card)));
      // One who cannot be written to does not keep the link from the others.
      const [failure] = sent.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      if (failure !== undefined) throw failure;
    },
  };
}
