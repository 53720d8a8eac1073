/** `banap policies check` and `banap policies next`: what the file means, before anything runs under it. */

import { inZone } from '../calendar/shown.ts';
import { systemClock } from '../clock.ts';
import { type Checked, formatProblem } from '../policies/check.ts';
import { type NextRun, nextRuns } from '../policies/next.ts';
import { approvalOf } from '../policies/resolve.ts';
import type { Policies, Policy } from '../policies/schema.ts';
import { table } from '../reports/table.ts';
import { dynamoStore } from '../store/named-store.ts';
import type { Approval } from '../termination/signals.ts';
import { closedInEnglish, wordsIn } from '../wording/say.ts';
import type { Io } from './io.ts';
import { checkPoliciesFile, POLICIES_FILE } from './policies-file.ts';
import { tableFrom } from './store.ts';

const DAY = 86_400_000;
/** Of one policy in a table; `--json` has all of them. */
const MOST_ROWS = 15;

type Out = Pick<Io, 'stdout' | 'stderr'>;

/** Returns the exit code: 1 when anything is wrong with the file. */
export async function checkCommand(
  { file = POLICIES_FILE, json = false }: { file?: string; json?: boolean },
  io: Out,
): Promise<number> {
  const checked = await checkFile(file, systemClock.now(), io);
  const { policies } = checked;
  if (json) io.stdout.write(`${JSON.stringify({ file, problems: checked.problems, warnings: checked.warnings })}\n`);
  if (policies === undefined) return 1;
  if (!json) io.stdout.write(`${file}: ${foundIn(policies)}\n`);
  return 0;
}

/** Returns the exit code: 1 when anything is wrong with the file. */
export async function nextCommand(
  { file = POLICIES_FILE, days = 14, json = false }: { file?: string; days?: number; json?: boolean },
  io: Out,
): Promise<number> {
  const from = systemClock.now();
  const to = from + days * DAY;
  const { policies } = await checkFile(file, from, io);
  if (policies === undefined) return 1;
  const runs = nextRuns(policies, { from, to });
  io.stdout.write(
    json ? `${JSON.stringify(runs.map(inJson))}\n` : `${nextText(policies, runs, days, io.stdout.columns ?? 100)}\n`,
  );
  return 0;
}

/** Publish the current policies to waiting runs. Returns the exit code: 1 when anything is wrong with the file. */
export async function publishCommand(file: string, io: Io): Promise<number> {
  const name = tableFrom(io.env);
  const now = systemClock.now();
  const { policies } = await checkFile(file, now, io);
  if (policies === undefined) return 1;
  // `force`, because somebody who publishes by hand may be going back to an older file.
  await dynamoStore({ table: name, clock: systemClock }).publish(policies.policies, now, { force: true });
  io.stdout.write(`${file}: ${foundIn(policies)}, published to table ${name}\n`);
  return 0;
}

/** Writes problems and warnings to standard error. */
async function checkFile(file: string, now: number, { stderr }: Out): Promise<Checked> {
  const checked = await checkPoliciesFile(file, now);
  for (const problem of checked.problems) stderr.write(`${formatProblem(file, problem)}\n`);
  for (const warning of checked.warnings) stderr.write(`warning: ${formatProblem(file, warning)}\n`);
  const { length } = checked.problems;
  if (length > 0) stderr.write(`${file}: ${counted(length, 'problem')}\n`);
  return checked;
}

function foundIn({ policies, accounts }: Policies): string {
  const all = Object.values(policies);
  const acting = all.filter(({ mode }) => mode === 'terminate').length;
  const scheduled = all.filter(({ schedule }) => schedule !== undefined).length;
  const names = Object.keys(accounts ?? { default: {} });
  return `${counted(all.length, 'policy', 'policies')} (${acting === 0 ? 'none of them acts by itself' : `${acting} of them act by themselves`}), ${counted(scheduled, 'schedule')}, ${counted(names.length, 'account')} (${names.join(', ')})`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function nextText(policies: Policies, runs: readonly NextRun[], days: number, columns: number): string {
  const shown = new Set(
    Object.keys(policies.policies).flatMap((name) => worthARow(runs.filter(({ policy }) => policy === name))),
  );
  const rows = runs.filter((run) => shown.has(run)).map((run) => rowOf(run, policies));
  return [
    ...(rows.length === 0
      ? [`nothing runs within ${days} days`]
      : [table(['policy', 'runs', 'in UTC', 'then'], rows, columns)]),
    ...Object.entries(policies.policies).flatMap(([name, one]) => {
      const own = runs.filter(({ policy }) => policy === name);
      return notesOn(name, one, { own, shown, days });
    }),
  ].join('\n');
}

/** The first ones, and the first ones that windows or holidays move. */
function worthARow(runs: readonly NextRun[]): NextRun[] {
  return [...runs.slice(0, MOST_ROWS), ...runs.filter(isMoved).slice(0, MOST_ROWS)];
}

function isMoved(run: NextRun): boolean {
  return run.kind === 'at' && run.at !== run.actsAt;
}

function notesOn(
  name: string,
  policy: Policy,
  { own, shown, days }: { own: readonly NextRun[]; shown: ReadonlySet<NextRun>; days: number },
): string[] {
  if (policy.schedule === undefined) {
    const before = policy.mode === 'plan' ? [] : beforeIn(policy);
    return [[`${name} has no schedule: it runs when it is asked to`, ...before].join(', ')];
  }
  if (own.length === 0) return [`${name} does not run within ${days} days`];
  const left = own.filter((run) => !shown.has(run)).length;
  return left === 0 ? [] : [`${name} runs ${counted(left, 'more time')} within ${days} days (--json lists them)`];
}

function rowOf(run: NextRun, { policies }: Policies): string[] {
  const policy = policies[run.policy];
  const looks = policy?.mode === 'plan' ? 'only looks (mode: plan)' : '';
  const acts = policy?.grace?.stopFor === undefined ? 'acts' : `stops, and terminates ${policy.grace.stopFor} later`;
  const then = looks || [...(policy === undefined ? [] : beforeIn(policy)), acts].join(', ');
  if (run.kind === 'every') return [run.policy, `every ${run.every}`, 'after deployment', then];
  const { at, actsAt, timezone } = run;
  const waits = looks === '' ? 'waits' : 'acts would wait';
  const because = run.because === null ? '' : closedInEnglish(run.because);
  const moved = isMoved(run) ? `; ${waits} ${untilText(actsAt, timezone)}: ${because}` : '';
  return [run.policy, inZone(at, timezone), inZone(at, 'UTC'), then + moved];
}

/** `asks 1 person above 3 servers`, `gives notice 24h and 1h before`; empty where a policy does neither. */
export function beforeActing(approval: Approval | null, notify: readonly string[]): string[] {
  const asks =
    approval === null
      ? ''
      : wordsIn('en').mustAgree({ ...approval, twoAboveServers: approval.twoAboveServers ?? null });
  return [
    ...(asks === '' ? [] : [`asks ${asks}`]),
    ...(notify.length === 0 ? [] : [`gives notice ${notify.join(' and ')} before`]),
  ];
}

function beforeIn(policy: Policy): string[] {
  return beforeActing(approvalOf(policy), policy.grace?.notify ?? []);
}

function untilText(at: number | undefined, timezone: string): string {
  return at === undefined ? 'for ever' : `until ${inZone(at, timezone)} (${inZone(at, 'UTC')})`;
}

function inJson(run: NextRun): object {
  if (run.kind === 'every') return run;
  const { at, actsAt, because, ...rest } = run;
  const why = because === null ? '' : closedInEnglish(because);
  return { ...rest, because: why, at: rfc3339(at), actsAt: actsAt === undefined ? null : rfc3339(actsAt) };
}

function rfc3339(at: number): string {
  return new Date(at).toISOString();
}
