/** `banap plan` and `banap terminate`: the library in this process. */

import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { reportAllowedHosts } from '../aws/lambda-settings.ts';
import { webhookSecretSchema } from '../aws/secret-schemas.ts';
import { systemClock } from '../clock.ts';
import { ConfigError, type Environment, freshSecondsFrom } from '../ncloud/config.ts';
import { policyNowOf } from '../policies/resolve.ts';
import type { Recipient } from '../reports/deliver.ts';
import { outcomesText } from '../reports/outcomes-text.ts';
import { planText } from '../reports/plan-text.ts';
import type { Report } from '../reports/report.ts';
import type { KeptPlan } from '../store/plans.ts';
import type { ProcessRun } from '../store/process-runs.ts';
import type { TableStore } from '../store/store.ts';
import type { PolicyNow } from '../termination/decision/constraints.ts';
import { oneLine } from '../termination/one-line.ts';
import type { Plan } from '../termination/planning/plan.ts';
import { StoreError } from '../termination/ports/store.ts';
import type { Tools } from '../termination/ports/tools.ts';
import { RequestError, type TerminationRequest } from '../termination/request.ts';
import { isOpen } from '../termination/status/server-groups.ts';
import { type CarriedOut, carryOut } from '../triggers/carry-out.ts';
import { keysOf } from './account-keys.ts';
import { freshOrigin, requestFrom, type TerminateOptions } from './asking.ts';
import { type CutOff, cutOffRuns, forget, isWorthAnotherTry, memoryOf, type Processes, takeOver } from './cut-off.ts';
import { exitCodeFor } from './exit-code.ts';
import { type Io, marksFor } from './io.ts';
import { differences, keepPlan, keptPlan, madeAt, refuseOtherWords } from './kept-plan.ts';
import { type OfAccount, openNcp } from './ncp.ts';
import { writePage } from './page-file.ts';
import { POLICIES_FILE, policiesHere, policiesIn } from './policies-file.ts';
import { type EngineMemory, processEngine } from './process-engine.ts';
import { progress, SILENT } from './progress.ts';
import { withStore } from './store.ts';
import { thisProcess } from './this-process.ts';
import { together } from './together.ts';

/** Returns the exit code. */
export async function planCommand(options: PlanOptions, io: Io): Promise<number> {
  if (options.diff !== undefined) return diffCommand(options.diff, options, io);
  const { report, isKept } = await planned(await asked('plan', options, io), options, io);
  show(report, options, io);
  if (isKept && !options.json && mayAct(report)) io.stdout.write(`\nRun it: ${runIt(report, options)}\n`);
  return exitCodeFor(report);
}

/** What has changed since a plan was made. Exit code 0 if nothing has, else 2. */
async function diffCommand(hash: string, options: PlanOptions, io: Io): Promise<number> {
  const { kept, work } = await comeBackTo(hash, '--diff', 'plan', options, io);
  const { report } = await planned(work, options, io);
  if (report.plan === null) {
    show(report, options, io);
    return exitCodeFor(report);
  }
  const changes = differences(kept, report);
  if (options.json) io.stdout.write(`${JSON.stringify({ plan: hash, now: report.plan.hash, changes })}\n`);
  else
    io.stdout.write(
      `${[madeAt(kept), ...(changes.length === 0 ? ['nothing has changed since'] : changes)].join('\n')}\n`,
    );
  return changes.length === 0 ? 0 : 2;
}

/** Acts only after --yes, or after somebody at a terminal has seen the plan and agreed. */
export async function terminateCommand(options: TerminateOptions, io: Io): Promise<number> {
  const { plan: hash } = options;
  const before = hash === undefined ? undefined : await comeBackTo(hash, '--plan', 'plan', options, io);
  if (options.yes === true) return act(options, io, hash, before?.kept);
  const { report } = await planned(before?.work ?? (await asked('plan', options, io)), options, io);
  if (hash !== undefined && before !== undefined && report.plan !== null && report.plan.hash !== hash) {
    return changedSince(before.kept, report, options, io);
  }
  const acts = mayAct(report);
  if (!acts || options.json || !io.stdin.isTTY) {
    show(report, options, io);
    if (!acts) return exitCodeFor(report);
    io.stderr.write('nothing was done: this is the plan; add --yes to act on it\n');
    return 3;
  }
  io.stderr.write(`${planText(report, columns(io.stderr), marksFor(io.stderr))}\n`);
  if (!(await agreed(report, io))) {
    io.stderr.write('nothing was done\n');
    return 3;
  }
  return act(options, io, report.plan?.hash, before?.kept);
}

/** Of the two commands, besides what they share. */
export interface PlanOptions extends TerminateOptions {
  /** The id of an earlier plan to compare with. */
  diff?: string;
}

/** Nothing of a plan is done that is not the one that was shown. */
function changedSince(kept: KeptPlan, report: Report, options: TerminateOptions, io: Io): number {
  if (options.json) show(report, options, io);
  const changes = differences(kept, report);
  const what =
    changes.length === 0
      ? ['  what is attached to a server, or when it last started']
      : changes.map((line) => `  ${line}`);
  io.stderr.write(`nothing was done: what would be done is not ${madeAt(kept)} any more:\n${what.join('\n')}\n`);
  return 2;
}

function mayAct({ plan }: Report): boolean {
  return plan !== null && plan.refusal === null && plan.servers.some(isOpen);
}

function runIt({ plan, request }: Report, { account }: TerminateOptions): string {
  const of =
    account === undefined && request['account'] === 'default' ? '' : ` --account ${String(request['account'])}`;
  return `banap terminate --plan ${plan?.hash ?? ''}${of}`;
}

/** A request on this machine, and where its policies are. */
interface Asked extends OfAccount {
  request: TerminationRequest;
  policiesFile: string;
}

/** The same request again, as it was when the plan was made. */
async function comeBackTo(
  hash: string,
  flag: '--plan' | '--diff',
  mode: 'plan' | 'terminate',
  options: TerminateOptions,
  io: Io,
): Promise<{ kept: KeptPlan; work: Asked }> {
  refuseOtherWords(flag, options);
  const policies = await policiesHere(options.policies, systemClock.now());
  const { account = 'default' } = options;
  const keys = keysOf(account, policies?.accounts, { env: io.env, clock: systemClock });
  const kept = await withStore({ account, keys: () => keys }, io, (store) => keptPlan(hash, account, store));
  const request = { ...kept.request, ...freshOrigin(mode, options, io) };
  const settings = policies?.accounts?.[account];
  return { kept, work: { request, keys, settings, policiesFile: kept.policiesFile } };
}

async function planned(
  { request, keys, settings, policiesFile }: Asked,
  options: TerminateOptions,
  io: Io,
): Promise<{ report: Report; isKept: boolean }> {
  return withStore({ account: request.account, keys: () => keys }, io, async (store) => {
    await mentionCutOff(store, request.account, io);
    const { report } = await carriedOut({ request, policiesFile }, { options, io, store, keys, settings });
    return { report, isKept: await keepPlan(report, { request, policiesFile }, store, io) };
  });
}

/** First resumes the runs of processes that died, then carries out the new request. */
async function act(options: TerminateOptions, io: Io, agreedHash = '', kept?: KeptPlan): Promise<number> {
  const { request, keys, settings, policiesFile } =
    kept === undefined
      ? await asked('terminate', options, io)
      : (await comeBackTo(kept.hash, '--plan', 'terminate', options, io)).work;
  return withStore({ account: request.account, keys: () => keys }, io, async (store) => {
    const using: Using = { options, io, store, keys, settings };
    const done: Done[] = [];
    for (const cutOff of await cutOffRuns(store, request.account)) done.push(...(await goOnWith(cutOff, using)));
    // Somebody who interrupts a resumed run does not want a new one.
    if (!io.signal.aborted || done.length === 0) {
      const run = {
        request,
        agreedHash,
        policiesFile,
        process: thisProcess(),
        aliveAt: systemClock.now(),
        takes: 0,
      };
      await store.processRuns.begin(run);
      done.push(await delivered(run, new Map(), using));
    }
    const whole = together(done.map(({ report }) => report));
    const changed = kept !== undefined && whole.plan !== null && whole.plan.hash !== kept.hash;
    if (changed) changedSince(kept, whole, { ...options, json: false }, io);
    show(whole, options, io);
    if (options.html !== undefined) await writePage(options.html, whole.requestId, store, io);
    // If this process dies before it reports these runs, a later one has to report them.
    for (const { run } of done.filter(({ isOver }) => isOver)) await ended(run, store, io);
    return exitCodeFor(whole);
  });
}

async function asked(mode: 'plan' | 'terminate', options: TerminateOptions, io: Io): Promise<Asked> {
  const policies = await policiesHere(options.policies, systemClock.now());
  const request = requestFrom(options, mode, io, policies);
  return {
    request,
    policiesFile: policiesFileOf(options),
    keys: keysOf(request.account, policies?.accounts, { env: io.env, clock: systemClock }),
    settings: policies?.accounts?.[request.account],
  };
}

/** What a run of this command needs besides its request. */
interface Using extends OfAccount {
  options: TerminateOptions;
  io: Io;
  store: TableStore;
}

/** A run that this command has carried out. `isOver`: no process has to resume it. */
interface Done {
  run: ProcessRun;
  report: Report;
  isOver: boolean;
}

async function goOnWith(cutOff: CutOff, using: Using): Promise<Done[]> {
  const { io, options, store } = using;
  const { requestId } = cutOff.run.request;
  const run = await takeOver(cutOff, store);
  if (run === undefined) return [];
  if (!cutOff.hasBegun) {
    io.stderr.write(`run ${requestId} was cut off before it did anything, and is dropped\n`);
    await forget({ ...cutOff, run }, store);
    return [];
  }
  io.stderr.write(`resuming run ${requestId}, which was cut off\n`);
  const done = await delivered(run, cutOff.answers, using);
  if (!options.json) io.stdout.write(`run ${requestId}, which had been cut off:\n`);
  if (!options.json) show(done.report, options, io);
  return [done];
}

/** Carry out a run that is written down, from its beginning or from where it stopped. */
async function delivered(run: ProcessRun, answers: ReadonlyMap<string, string>, using: Using): Promise<Done> {
  const { io, store } = using;
  const { request, agreedHash, policiesFile } = run;
  const memory = memoryOf(run, answers, store);
  const { report, delivery, unwritten } = await carriedOut({ request, agreedHash, policiesFile, memory }, using);
  if (delivery.state === 'failed') io.stderr.write(`the report was not delivered: ${delivery.reason}\n`);
  if (unwritten !== '') io.stderr.write(`the audit was not written: ${unwritten}\n`);
  const brokeOff = report.status === 'error' && report.plan !== null;
  const isOver = !brokeOff || !isWorthAnotherTry(run);
  if (!isOver) io.stderr.write(`run ${request.requestId} has not ended; the next "terminate" resumes it\n`);
  return { run, report, isOver };
}

/** A run that is not crossed out is resumed once more, which does no harm. */
async function ended(run: ProcessRun, store: Processes, { stderr }: Io): Promise<void> {
  try {
    await store.processRuns.end(run);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    stderr.write(`run ${run.request.requestId} could not be crossed out: ${error.message}\n`);
  }
}

/** If they cannot be read now, `terminate` finds them. */
async function mentionCutOff(store: Processes, account: string, { stderr }: Io): Promise<void> {
  try {
    for (const { run, hasBegun } of await cutOffRuns(store, account)) {
      if (!hasBegun) continue;
      const { requestId } = run.request;
      const at = new Date(run.aliveAt).toISOString();
      stderr.write(`run ${requestId} was cut off at ${at}; the next "terminate" that acts resumes it first\n`);
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    stderr.write(`runs that were cut off could not be read: ${error.message}\n`);
  }
}

interface Work {
  request: TerminationRequest;
  /** Empty: any plan. */
  agreedHash?: string;
  policiesFile: string;
  memory?: EngineMemory;
}

async function carriedOut(work: Work, { options, io, store, ...account }: Using): Promise<CarriedOut> {
  const { request, agreedHash = '', policiesFile, memory } = work;
  const { environment, region } = request;
  const freshSeconds = freshSecondsFrom(io.env);
  const ncp = openNcp({ environment, region }, account, io);
  const title = request.policy || `${environment} ${region}`;
  const isQuiet = options.quiet === true || request.mode === 'plan';
  const shown = isQuiet ? SILENT : progress({ stream: io.stderr, clock: systemClock, title });
  const onPlan = (plan: Plan): void => {
    ncp.isRead();
    shown.plan(plan);
  };
  const known = planIn(memory);
  if (known !== undefined) onPlan(known);
  const tools: Tools = {
    engine: processEngine(systemClock, io.signal, memory),
    clock: systemClock,
    cloud: ncp.cloud,
    afterwards: ncp.afterwards,
    store: store,
    owner: request.requestId,
    policyNow: () => policyNow(request.policy, policiesFile),
    pollSeconds: options.pollSeconds,
    freshSeconds,
    onUnread: (reason, seconds) => io.stderr.write(`no plan yet: ${oneLine(reason)}; looking again in ${seconds} s\n`),
    signal: io.signal,
    onPlan,
    onEvents: (events) => shown.events(events),
    ...(agreedHash !== '' && { agreedHash }),
  };
  try {
    const recipients = request.mode === 'plan' ? [] : recipientsFrom(io.env);
    return await carryOut(request, tools, recipients, { attempts: 4, firstDelaySeconds: 2, maxDelaySeconds: 10 });
  } finally {
    shown.end();
    await ncp.close();
  }
}

/** The plan, if it was made before the process died: it is not shown again. */
function planIn(memory: EngineMemory | undefined): Plan | undefined {
  for (const [step, answer] of memory?.answers ?? []) {
    const told: { plan?: Plan } = /^plan(-\d+)?$/.test(step) ? JSON.parse(answer) : {};
    if (told.plan !== undefined) return told.plan;
  }
  return undefined;
}

/** Absolute, because who resumes a run may be in another folder, with other policies of the same names. */
function policiesFileOf({ policies = POLICIES_FILE }: TerminateOptions): string {
  return resolve(policies);
}

/** Reads the file afresh, because it may change while a run waits. */
async function policyNow(name: string, file: string): Promise<PolicyNow> {
  try {
    const { policies } = await policiesIn(file, systemClock.now());
    const published = policies[name];
    return policyNowOf(name, published === undefined ? { kind: 'removed' } : { kind: 'published', policy: published });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new StoreError(error.message, { passing: true, kind: 'unreadable-policy', of: file, cause: error });
  }
}

/** Secrets come from the environment, never from an argument: arguments can be seen by every process. */
export function recipientsFrom(env: Environment): Recipient[] {
  const url = env['BANAP_WEBHOOK_URL'];
  const secret = env['BANAP_WEBHOOK_SECRET'];
  const format = env['BANAP_WEBHOOK_FORMAT'];
  if (!url && !secret) return [];
  const parsed = webhookSecretSchema.safeParse({ url, ...(secret && { secret }), ...(format && { format }) });
  if (!parsed.success) {
    throw new ConfigError(
      'BANAP_WEBHOOK_URL and BANAP_WEBHOOK_SECRET: expected an https URL and "whsec_" followed by base64; ' +
        'or without a secret BANAP_WEBHOOK_FORMAT, for example slack',
    );
  }
  const allowedHosts = reportAllowedHosts(env);
  return [() => Promise.resolve({ ...parsed.data, allowedHosts })];
}

function show(report: Report, { json }: TerminateOptions, { stdout, stderr }: Io): void {
  if (json) stdout.write(`${JSON.stringify(report)}\n`);
  if (report.status === 'error') stderr.write(`${oneLine(report.error)}\n`);
  const failed = report.outcomes.filter((outcome) => outcome.result === 'failed');
  const [first] = failed;
  if (first !== undefined) {
    const said = oneLine([first.reason, first.returnCode, first.returnMessage].join(' '), 300);
    stderr.write(`${failed.length} failed, the first: ${first.serverInstanceNo}: ${said}\n`);
  }
  if (json || report.status === 'error') return;
  const text = report.status === 'planned' ? planText : outcomesText;
  stdout.write(`${text(report, columns(stdout), marksFor(stdout))}\n`);
}

function columns(stream: NodeJS.WriteStream): number {
  return stream.columns ?? 100;
}

/** Above this many, their number has to be typed: "yes" is typed without reading. */
const MOST_BY_YES = 3;

async function agreed({ plan, request }: Report, { stdin, stderr, signal }: Io): Promise<boolean> {
  const count = plan?.servers.filter(isOpen).length ?? 0;
  const word = count > MOST_BY_YES ? String(count) : 'yes';
  const what = `${count} ${count === 1 ? 'server' : 'servers'} in account ${String(request['account'])}`;
  const where = `${String(request['environment'])} ${String(request['region'])}`;
  const ask = createInterface({ input: stdin, output: stderr });
  try {
    const question = `\nTerminate ${what} (${where})? This cannot be undone. Type ${word}: `;
    const answer = await ask.question(question, { signal });
    return answer.trim().toLowerCase() === word;
  } catch {
    return false;
  } finally {
    ask.close();
  }
}
