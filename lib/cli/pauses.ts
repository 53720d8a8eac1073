/** `banap pause`, `banap resume` and `banap pauses`: runs wait for the time being. */

import { quoted } from '../calendar/quoted.ts';
import { systemClock } from '../clock.ts';
import { placesOf } from '../policies/places.ts';
import { nameSchema, type Policies } from '../policies/schema.ts';
import { table } from '../reports/table.ts';
import { dateTime } from '../reports/words.ts';
import type { Pause } from '../termination/holds.ts';
import { oneLine } from '../termination/one-line.ts';
import { RequestError } from '../termination/request.ts';
import { checkAccount, checkBy, checkKnown, checkWhy } from './holds.ts';
import type { Io } from './io.ts';
import { POLICIES_FILE, policiesHere } from './policies-file.ts';
import { withSharedStore } from './store.ts';

export interface PauseOptions {
  /** If neither is given, everything is paused. */
  policy?: string;
  account?: string;
  reason?: string;
  /** RFC 3339 or a date, through whose end it lasts. */
  until?: string;
  by?: string;
  timezone?: string;
}

/** Returns the exit code, as all of these do. */
export async function pauseCommand(options: PauseOptions, io: Io): Promise<number> {
  const scope = await checkScope(options);
  const { by, problems } = checkBy(options, io.env);
  const why = checkWhy(options, { by, problems: [...scope.problems, ...problems] }, systemClock);
  const pause: Pause = { account: scope.account, policy: scope.policy, ...why };
  await withSharedStore(io, (store) => store.pause(pause));
  io.stdout.write(`${inWords(pause)}\nruns wait before their next act; NCP finishes what it has accepted\n`);
  return 0;
}

export async function resumeCommand(options: Pick<PauseOptions, 'policy' | 'account' | 'by'>, io: Io): Promise<number> {
  const scope = await checkScope(options);
  const { by, problems } = checkBy(options, io.env);
  if (scope.problems.length + problems.length > 0) throw new RequestError([...scope.problems, ...problems]);
  return withSharedStore(io, async (store) => {
    const ended = await store.resume(scope, by);
    const what = whatOf(scope);
    const said =
      ended.length === 0 ? `${what} was not paused` : `${what} is resumed; before: ${ended.map(inWords).join('; ')}`;
    io.stdout.write(`${oneLine(said, MOST)}\n`);
    // Somebody who resumes one policy may not know that all of them are paused.
    for (const pause of await store.pauses(scope.account, scope.policy)) io.stdout.write(`still: ${inWords(pause)}\n`);
    return 0;
  });
}

export async function pausesCommand({ json }: { json: boolean }, { env, stdout }: Io): Promise<number> {
  const pauses = await withSharedStore({ env }, (store) => store.allPauses());
  if (json) {
    stdout.write(`${JSON.stringify({ pauses })}\n`);
    return 0;
  }
  const rows = pauses.map((pause) => [
    whatOf(pause),
    pause.until === '' ? 'it is resumed' : dateTime(pause.until),
    `${oneLine(pause.reason)} (${pause.by}${pause.at === '' ? '' : `, ${dateTime(pause.at)}`})`,
  ]);
  stdout.write(
    `${rows.length === 0 ? 'nothing is paused' : table(['paused', 'until', 'why'], rows, stdout.columns ?? 100)}\n`,
  );
  return 0;
}

const MOST = 2_000;

/** A pause of a policy that does not exist would pause nothing. */
async function checkScope({ policy = '', account = '' }: PauseOptions): Promise<{
  policy: string;
  account: string;
  problems: string[];
}> {
  const problems: string[] = [];
  if (policy !== '' && account !== '')
    problems.push('a policy and --account: expected one of them; a policy has its account');
  if (account !== '') problems.push(...checkAccount(account));
  if (policy !== '' && !nameSchema.safeParse(policy).success) {
    problems.push(`policy ${quoted(policy)}: expected the name of a policy, for example nightly-dev`);
  }
  const policies = problems.length === 0 ? await policiesHere(undefined, systemClock.now()) : undefined;
  const isKnown = (all: Policies['policies']): boolean =>
    Object.hasOwn(all, policy) || placesOf(policy, all).length > 0;
  if (policies !== undefined && policy !== '' && !isKnown(policies.policies)) {
    const known = Object.keys(policies.policies).join(' or ');
    problems.push(`there is no policy ${policy} in ${POLICIES_FILE}; expected ${known}`);
  }
  if (account !== '') problems.push(...checkKnown(account, policies));
  return { policy, account, problems };
}

function whatOf({ account, policy }: Pick<Pause, 'account' | 'policy'>): string {
  if (policy !== '') return `policy ${policy}`;
  return account === '' ? 'everything' : `account ${account}`;
}

function inWords(pause: Pause): string {
  const until = pause.until === '' ? 'until it is resumed' : `until ${dateTime(pause.until)}`;
  return oneLine(`${whatOf(pause)} is paused by ${pause.by} ${until}: ${pause.reason}`, MOST);
}
