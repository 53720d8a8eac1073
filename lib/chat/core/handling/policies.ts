/** What people ask about the policies of their channel: when each runs next, and that one stop for a while. */

import { nextRuns } from '../../../policies/next.ts';
import { personInWords } from '../../../termination/signals.ts';
import { type ChatContext, sentAt } from './context.ts';

const DAYS_AHEAD = 7;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Of each policy. */
const MOST_RUNS = 3;

export function listNext({ backend, here, say }: ChatContext): Promise<string> {
  const from = backend.clock.now();
  const runs = nextRuns({ ...backend.policies, policies: { ...here } }, { from, to: from + DAYS_AHEAD * DAY_MS });
  const shown = [...Map.groupBy(runs, ({ policy }) => policy).values()].flatMap((some) => some.slice(0, MOST_RUNS));
  const lines = shown.map((run) =>
    run.kind === 'every'
      ? say.nextRun({ policy: run.policy, at: '', every: run.every })
      : say.nextRun({ policy: run.policy, at: new Date(run.actsAt ?? run.at).toISOString(), every: '' }),
  );
  return Promise.resolve(lines.length === 0 ? say.noNextRuns({ days: DAYS_AHEAD }) : lines.join('\n'));
}

/** Every run of the policy waits before its next act. A repeated request sets the same pause again. */
export async function pausePolicy(
  { policy: named, until, reason }: { policy: string; until: string; reason: string },
  context: ChatContext,
): Promise<string> {
  const { backend, say, chatRequest } = context;
  const policy = policyIn(named, context);
  if (policy === undefined) return notHere(named, context);
  const by = personInWords(chatRequest.person.id, chatRequest.person.name);
  const at = new Date(sentAt(context)).toISOString();
  await backend.store.pause({ account: '', policy, by, reason, at, until });
  return say.paused({ policy, until, prefix: chatRequest.prefix });
}

/** Only who paused it ends a pause here; the command line ends anybody's. */
export async function resumePolicy({ policy: named }: { policy: string }, context: ChatContext): Promise<string> {
  const { backend, say, chatRequest } = context;
  const policy = policyIn(named, context);
  if (policy === undefined) return notHere(named, context);
  const { id, name } = chatRequest.person;
  const pauses = await backend.store.allPauses();
  const concerning = pauses.filter((pause) => pause.policy === policy || (pause.policy === '' && pause.account === ''));
  const others = concerning.filter(({ by, policy: of }) => of === '' || !(by === id || by.endsWith(`(${id})`)));
  if (others.length > 0 || concerning.length === 0)
    return say.notResumed({ policy, others: others.map(({ by }) => by) });
  await backend.store.resume({ account: '', policy }, personInWords(id, name));
  return say.resumed({ policy });
}

/** The one that is named, or the only one of this channel. */
function policyIn(named: string, { here }: ChatContext): string | undefined {
  if (named !== '') return Object.hasOwn(here, named) ? named : undefined;
  const [only, another] = Object.keys(here);
  return another === undefined ? only : undefined;
}

function notHere(named: string, { here, say }: ChatContext): string {
  const policies = Object.keys(here);
  return named === '' ? say.severalPolicies({ policies }) : say.unknownPolicy({ policy: named, policies });
}
