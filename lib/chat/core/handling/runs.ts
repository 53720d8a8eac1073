import type { RunView } from '../../../termination/status/run-view.ts';
import { signalRun } from '../../../triggers/run-control.ts';
import { type CardView, cardLine, cardView } from '../card.ts';
import { endingOf } from '../ending.ts';
import type { ChatContext } from './context.ts';

/** How many runs a chat lists. */
const MOST_RUNS = 10;

/** Of one run, or of those that this channel knows, the last one first. */
export async function statusOf(requestId: string, context: ChatContext): Promise<string> {
  const { backend, say, language, timezone, here, chatRequest } = context;
  if (requestId !== '') {
    const card = await findRun(requestId, context);
    if (card === undefined) return say.unknownRun({ requestId, prefix: chatRequest.prefix });
    return card === 'begun' ? say.begun({ requestId }) : inText(cardView(card, language, { timezone }));
  }
  const accounts = new Set(Object.values(here).map((policy) => policy.select.account));
  const which = { limit: MOST_RUNS, policies: Object.keys(here) };
  const cards = (await Promise.all([...accounts].map((account) => backend.store.views(account, which))))
    .flat()
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, MOST_RUNS);
  if (cards.length === 0) return say.noRuns();
  return cards
    .map((card) => {
      const { title, state } = cardView(card, language, { timezone });
      return say.runLine({ requestId: card.requestId, title, state });
    })
    .join('\n');
}

/** NCP finishes what it has begun, and gets no further calls. The run's report says which came first. */
export async function cancelRun(
  { requestId, reason }: { requestId: string; reason: string },
  context: ChatContext,
): Promise<string> {
  const { backend, say, chatRequest } = context;
  const card = await findRun(requestId, context);
  if (card === undefined) return say.unknownRun({ requestId, prefix: chatRequest.prefix });
  if (card !== 'begun' && card.state === 'ended')
    return say.tooLateToCancel({ requestId, ending: say.ended(endingOf(card)) });
  const { id: by, name } = chatRequest.person;
  const at = new Date(backend.clock.now()).toISOString();
  await signalRun(backend, requestId, { kind: 'cancel', planHash: '', by, name, at, reason });
  return say.cancelled({ requestId });
}

/** A run that this channel may see. `begun`: it was asked for here and has no plan yet. */
export async function findRun(
  requestId: string,
  { backend, here, chatRequest }: ChatContext,
): Promise<RunView | 'begun' | undefined> {
  const card = await backend.store.view(requestId);
  if (card !== undefined) return Object.hasOwn(here, card.policy) ? card : undefined;
  return (await backend.store.originOf(requestId)) === originOf(chatRequest) ? 'begun' : undefined;
}

/** Makes the run findable before it has a plan. */
export async function rememberRun(requestId: string, { backend, chatRequest }: ChatContext): Promise<void> {
  await backend.store.rememberOrigin(requestId, originOf(chatRequest));
}

function originOf({ chat, channel }: ChatContext['chatRequest']): string {
  return `${chat}:${channel}`;
}

function inText(view: CardView): string {
  return [
    cardLine(view),
    ...(view.frees === '' ? [] : [view.frees]),
    ...view.servers,
    ...view.attention,
    ...view.signals,
    ...view.details,
  ].join('\n');
}
