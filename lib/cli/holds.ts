/** `banap hold`, `banap release` and `banap holds`: servers that people want left alone. */

import { addDuration, parseDuration } from '../calendar/duration.ts';
import { isTimeZone, parseWhen } from '../calendar/instant.ts';
import { quoted } from '../calendar/quoted.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { ClientOptions } from '../ncloud/client.ts';
import type { Environment } from '../ncloud/config.ts';
import { nameSchema, type Policies } from '../policies/schema.ts';
import { table } from '../reports/table.ts';
import { dateTime } from '../reports/words.ts';
import type { TableStore } from '../store/store.ts';
import type { Hold } from '../termination/holds.ts';
import { oneLine } from '../termination/one-line.ts';
import { RequestError } from '../termination/request.ts';
import { timeProblemInEnglish } from '../wording/say.ts';
import { keysOf } from './account-keys.ts';
import type { Io } from './io.ts';
import { POLICIES_FILE, policiesHere } from './policies-file.ts';
import { withStore } from './store.ts';

export interface HoldOptions {
  server: string[];
  account: string;
  reason?: string;
  /** RFC 3339 or a date, which is held through its end. */
  until?: string;
  /** A duration from now. */
  snooze?: string;
  by?: string;
  /** IANA name; where dates begin and end. */
  timezone?: string;
}

export type ReleaseOptions = Pick<HoldOptions, 'server' | 'account' | 'by'>;

export interface HoldsOptions {
  account: string;
  json: boolean;
}

/** Returns the exit code, as all of these do. */
export async function holdCommand(options: HoldOptions, io: Io): Promise<number> {
  const hold = checkHold(options, io.env, systemClock);
  const unknown = checkKnown(options.account, await policiesHere(undefined, systemClock.now()));
  if (unknown.length > 0) throw new RequestError(unknown);
  return withStoreHere(options.account, io, async (store) => {
    for (const serverInstanceNo of new Set(options.server)) {
      const holds = await store.hold(options.account, { ...hold, serverInstanceNo });
      io.stdout.write(`${oneLine(`${serverInstanceNo} is held: ${holds.map(inWords).join('; ')}`, MOST)}\n`);
    }
    return 0;
  });
}

export async function releaseCommand(options: ReleaseOptions, io: Io): Promise<number> {
  const { by, problems } = checkWho(options, io.env);
  if (problems.length > 0) throw new RequestError(problems);
  return withStoreHere(options.account, io, async (store) => {
    for (const serverInstanceNo of new Set(options.server)) {
      const holds = await store.release(options.account, serverInstanceNo, by);
      const said = holds.length === 0 ? 'was not held' : `is released; before: ${holds.map(inWords).join('; ')}`;
      io.stdout.write(`${oneLine(`${serverInstanceNo} ${said}`, MOST)}\n`);
    }
    return 0;
  });
}

export async function holdsCommand({ account, json }: HoldsOptions, io: Io): Promise<number> {
  const { stdout } = io;
  const problems = checkAccount(account);
  if (problems.length > 0) throw new RequestError(problems);
  const holds = await withStoreHere(account, io, (store) => store.holds(account));
  if (json) {
    stdout.write(`${JSON.stringify({ account, holds })}\n`);
    return 0;
  }
  const rows = holds.map((hold) => [
    hold.serverInstanceNo,
    hold.serverName || '-',
    hold.kind,
    hold.until === '' ? 'it is released' : dateTime(hold.until),
    reasonInWords(hold),
  ]);
  const none = `no server of account ${account} is held`;
  const head = ['server', 'name', 'hold', 'until', 'why'];
  stdout.write(`${rows.length === 0 ? none : table(head, rows, stdout.columns ?? 100)}\n`);
  return 0;
}

/** A hold or a pause in an account that does not exist would have no effect. */
export function checkKnown(account: string, policies: Policies | undefined): string[] {
  const known = Object.keys(policies?.accounts ?? { default: '' });
  if (policies === undefined || known.includes(account)) return [];
  return [`there is no account ${account} in ${POLICIES_FILE}; expected --account ${known.join(' or ')}`];
}

export function checkAccount(account: string): string[] {
  if (nameSchema.safeParse(account).success) return [];
  return [`--account is ${quoted(account)}; expected the name of an account, for example default`];
}

export function checkServers(servers: readonly string[]): string[] {
  const expected = 'expected a server number, for example 1088217';
  if (servers.length === 0) return [`no server was given; ${expected}`];
  const wrong = servers.filter((server) => !/^[1-9][0-9]{0,18}$/.test(server));
  return wrong.map((server) => `server ${quoted(server)}: ${expected}`);
}

/** One word of output is at most a reason and the reason before it. */
const MOST = 2_000;
const MOST_REASON = 500;

/** The store of an account of the policies in this folder. */
export async function withStoreHere<T>(
  account: string,
  io: Io,
  work: (store: Pick<TableStore, 'holds' | 'hold' | 'release' | 'audit'>) => Promise<T>,
): Promise<T> {
  return withStore({ account, keys: () => keysHere(account, io) }, io, work);
}

async function keysHere(account: string, { env }: Pick<Io, 'env'>): Promise<ClientOptions['keys']> {
  const policies = await policiesHere(undefined, systemClock.now());
  return keysOf(account, policies?.accounts, { env, clock: systemClock });
}

/** The hold without its server. Throws a RequestError that names every problem. */
function checkHold(options: HoldOptions, env: Environment, clock: Clock): Hold {
  const who = checkWho(options, env);
  const { by, reason, at, until } = checkWhy(options, who, clock);
  const kind = options.snooze === undefined ? 'keep' : 'snooze';
  return { serverInstanceNo: '', serverName: '', kind, by, reason, at, until };
}

/** Who, why, and until when. Throws a RequestError that names every problem, including those found before. */
export function checkWhy(
  options: Pick<HoldOptions, 'reason' | 'until' | 'snooze' | 'timezone'>,
  { by, problems }: { by: string; problems: string[] },
  clock: Clock,
): Pick<Hold, 'by' | 'reason' | 'at' | 'until'> {
  const reason = (options.reason ?? '').trim();
  if (reason === '') problems.push('--reason is missing; expected why, for example --reason "load test"');
  if (reason.length > MOST_REASON) {
    problems.push(`--reason has ${reason.length} characters; expected at most ${MOST_REASON}`);
  }
  const now = clock.now();
  const end = endOf(options, now);
  if ('problem' in end) problems.push(end.problem);
  if (problems.length > 0 || 'problem' in end) throw new RequestError(problems);
  return { by, reason, at: new Date(now).toISOString(), until: end.until };
}

function checkWho(options: ReleaseOptions, env: Environment): { by: string; problems: string[] } {
  const { by, problems } = checkBy(options, env);
  return { by, problems: [...checkServers(options.server), ...checkAccount(options.account), ...problems] };
}

export function checkBy(options: { by?: string }, env: Environment): { by: string; problems: string[] } {
  const by = (options.by ?? env['USER'] ?? '').trim();
  const problems: string[] = [];
  if (by === '') problems.push('--by is missing and USER is not set; expected who, for example --by mina');
  if (by.length > 200) problems.push(`--by has ${by.length} characters; expected at most 200`);
  return { by, problems };
}

type End = { until: string } | { problem: string };

/** RFC 3339 in UTC; empty: without end. */
function endOf(
  { until, snooze, timezone = 'Asia/Seoul' }: Pick<HoldOptions, 'until' | 'snooze' | 'timezone'>,
  now: number,
): End {
  if (!isTimeZone(timezone)) {
    return { problem: `--timezone is ${quoted(timezone)}; expected an IANA name, for example Asia/Seoul` };
  }
  if (until !== undefined && snooze !== undefined) return { problem: '--until and --snooze: expected one of them' };
  if (until !== undefined) return untilFrom(until, timezone, now);
  return snooze === undefined ? { until: '' } : snoozeFrom(snooze, timezone, now);
}

function untilFrom(text: string, timezone: string, now: number): End {
  const when = parseWhen(text, timezone);
  if (!when.ok) return { problem: `--until: ${timeProblemInEnglish(when.problem)}` };
  const { endsAt } = when.at;
  if (endsAt > now) return { until: new Date(Math.min(endsAt, LAST_INSTANT)).toISOString() };
  return { problem: `--until is ${quoted(text)}, which has passed; expected a time in the future` };
}

/** RFC 3339 has years of four digits; the end of the last day has five. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

function snoozeFrom(text: string, timezone: string, now: number): End {
  const parsed = parseDuration(text);
  if (!parsed.ok) return { problem: `--snooze: ${timeProblemInEnglish(parsed.problem)}` };
  const end = addDuration(now, parsed.duration, timezone);
  return { until: new Date(end).toISOString() };
}

function inWords(hold: Hold): string {
  return `${hold.kind} ${untilInWords(hold)}: ${reasonInWords(hold)}`;
}

function untilInWords({ until }: Hold): string {
  return until === '' ? 'until it is released' : `until ${dateTime(until)}`;
}

/** A hold that cannot be read has neither a person nor a time. */
function reasonInWords({ reason, by, at }: Hold): string {
  return at === '' ? reason : `${reason} (${by}, ${dateTime(at)})`;
}
