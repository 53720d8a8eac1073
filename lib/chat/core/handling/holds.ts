/** Anybody who sees a server may keep it: it is held, and open runs leave it out. */

import type { Hold } from '../../../termination/holds.ts';
import { personInWords } from '../../../termination/signals.ts';
import type { RunView, ServerView } from '../../../termination/status/run-view.ts';
import { isOpen } from '../../../termination/status/server-groups.ts';
import { wakeUp } from '../../../triggers/run-control.ts';
import { type ChatContext, sentAt } from './context.ts';

type Named = Pick<ServerView, 'serverInstanceNo' | 'serverName'>;

/** What is held, how long and why. `until`: RFC 3339 in UTC; empty: until somebody releases it. */
interface Held {
  account: string;
  servers: readonly Named[];
  until: string;
  reason: string;
}

/**
 * A hold on each, whatever policy or tag asks for its end. It has the time of the chat request, so that a repeated
 * request does not replace a newer hold of the same person. The answer gives the end that is in force.
 */
export async function holdServers({ account, servers, until, reason }: Held, context: ChatContext): Promise<string> {
  const { backend, say, chatRequest } = context;
  const hold: Omit<Hold, keyof Named> = {
    kind: until === '' ? 'keep' : 'snooze',
    by: personInWords(chatRequest.person.id, chatRequest.person.name),
    reason,
    at: new Date(sentAt(context)).toISOString(),
    until,
  };
  const ends: string[] = [];
  for (const { serverInstanceNo, serverName } of servers) {
    const holds = await backend.store.hold(account, { serverInstanceNo, serverName, ...hold });
    ends.push(holds.find(({ by }) => by === hold.by)?.until ?? until);
  }
  const [soonest = ''] = ends.filter((end) => end !== '').toSorted();
  const runs = await runsWith(servers, account, context);
  for (const { requestId } of runs) await wakeUp(backend, requestId);
  const names = servers.map((server) => server.serverName || server.serverInstanceNo);
  return say.kept({
    names,
    prefix: chatRequest.prefix,
    until: soonest,
    isBegun: runs.some((run) => run.state === 'working'),
  });
}

/** Ends the holds of this person, whatever they were called then, on these servers. */
export async function release(
  { account, servers }: Pick<Held, 'account' | 'servers'>,
  context: ChatContext,
): Promise<string> {
  const { backend, say, chatRequest } = context;
  const numbers = new Set(servers.map((server) => server.serverInstanceNo));
  const holds = (await backend.store.holds(account)).filter((hold) => numbers.has(hold.serverInstanceNo));
  const isOwn = ({ by }: Hold): boolean => by === chatRequest.person.id || by.endsWith(`(${chatRequest.person.id})`);
  const own = holds.filter(isOwn);
  for (const hold of own) await backend.store.letGo(account, hold);
  return say.released({ names: namesOf(own), others: holds.filter((hold) => !isOwn(hold)) });
}

function namesOf(holds: readonly Hold[]): string[] {
  return [...new Set(holds.map(({ serverName, serverInstanceNo }) => serverName || serverInstanceNo))];
}

/** An older run that waits sees the hold by itself when it looks next. */
const MOST_RUNS = 30;

async function runsWith(servers: readonly Named[], account: string, { backend }: ChatContext): Promise<RunView[]> {
  const numbers = new Set(servers.map((server) => server.serverInstanceNo));
  const cards = await backend.store.views(account, { limit: MOST_RUNS });
  const concerns = (card: RunView): boolean =>
    card.servers.some((server) => numbers.has(server.serverInstanceNo) && isOpen(server));
  return cards.filter((card) => card.state !== 'ended' && concerns(card));
}
