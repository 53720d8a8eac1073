/** `banap plan` and `banap terminate`: the library in this process. */

import { createInterface } from 'node:readline/promises';
import { reportAllowedHosts } from '../aws/lambda-settings.ts';
import { webhookSecretSchema } from '../aws/secret-schemas.ts';
import { type CarriedOut, carryOut } from '../carry-out.ts';
import { systemClock } from '../clock.ts';
import type { Recipient } from '../deliver.ts';
import { ConfigError, type Environment, freshSecondsFrom } from '../ncloud/config.ts';
import { policyNowOf } from '../policies/resolve.ts';
import type { Report } from '../reports/report.ts';
import { outcomesText, planText } from '../reports/text.ts';
import type { Store } from '../store/store.ts';
import { LedgerError } from '../termination/ledger.ts';
import { oneLine } from '../termination/one-line.ts';
import { RequestError } from '../termination/request.ts';
import { isOpen } from '../termination/run-card-server.ts';
import type { PolicyNow } from '../termination/standing.ts';
import type { Tools } from '../termination/tools.ts';
import { keysOf } from './account-keys.ts';
import { requestFrom } from './asking.ts';
import { exitCodeFor } from './exit-code.ts';
import type { Io } from './io.ts';
import { ledgerFrom } from './ledger.ts';
import { openNcp } from './ncp.ts';
import { POLICIES_FILE, policiesHere, policiesIn } from './policies-file.ts';
import { processEngine } from './process-engine.ts';
import { progress } from './progress.ts';

/** The command line's options, as commander gives them; undefined: not given. */
export interface TerminateOptions {
  policy?: string;
  /** Path of the policies file. */
  policies?: string;
  account?: string;
  server?: string[];
  name?: string[];
  environment?: string;
  region?: string;
  storage?: string;
  publicIp?: string;
  overrideProtection?: boolean;
  maxServers?: number;
  maxPercent?: number;
  deadline?: number;
  pollSeconds: number;
  reason?: string;
  json: boolean;
  yes?: boolean;
}

/** Returns the exit code. */
export async function planCommand(options: TerminateOptions, io: Io): Promise<number> {
  const { report } = await carriedOut('plan', options, io);
  show(report, options, io);
  return exitCodeFor(report);
}

/** Acts only when it was told to: by --yes, or by somebody at a terminal who has seen the plan. */
export async function terminateCommand(options: TerminateOptions, io: Io): Promise<number> {
  if (options.yes === true) return act(options, io);
  const { report: planned } = await carriedOut('plan', options, io);
  const acts = planned.plan !== null && planned.plan.refusal === '' && planned.plan.servers.some(isOpen);
  if (!acts || options.json || !io.stdin.isTTY) {
    show(planned, options, io);
    if (!acts) return exitCodeFor(planned);
    io.stderr.write('nothing was done: this is the plan; add --yes to act on it\n');
    return 3;
  }
  io.stderr.write(`${planText(planned, columns(io.stderr))}\n`);
  if (!(await agreed(io))) {
    io.stderr.write('nothing was done\n');
    return 3;
  }
  return act(options, io, planned.plan?.hash);
}

async function act(options: TerminateOptions, io: Io, agreedHash?: string): Promise<number> {
  const { report, delivery, unwritten } = await carriedOut('terminate', options, io, agreedHash);
  show(report, options, io);
  if (delivery.state === 'failed') io.stderr.write(`the report was not delivered: ${delivery.reason}\n`);
  if (unwritten !== '') io.stderr.write(`the audit was not written: ${unwritten}\n`);
  return exitCodeFor(report);
}

async function carriedOut(
  mode: 'plan' | 'terminate',
  options: TerminateOptions,
  io: Io,
  agreedHash?: string,
): Promise<CarriedOut> {
  const policies = await policiesHere(options.policies, systemClock.now());
  const request = requestFrom(options, mode, io, policies);
  const { account, environment, region } = request;
  const ncp = openNcp(
    { environment, region },
    keysOf(account, policies?.accounts, { env: io.env, clock: systemClock }),
    io,
  );
  const shown = progress(io.stderr);
  const tools: Tools = {
    engine: processEngine(systemClock, io.signal),
    clock: systemClock,
    cloud: ncp.cloud,
    ledger: ledgerOf(io),
    owner: request.requestId,
    policyNow: () => policyNow(request.policy, options.policies),
    pollSeconds: options.pollSeconds,
    freshSeconds: freshSecondsFrom(io.env),
    onUnread: (reason, seconds) => io.stderr.write(`no plan yet: ${oneLine(reason)}; looking again in ${seconds} s\n`),
    signal: io.signal,
    onPlan: (plan) => {
      ncp.isRead();
      shown.plan(plan);
    },
    onEvents: (events) => shown.events(events),
    ...(agreedHash === undefined ? {} : { agreedHash }),
  };
  try {
    const recipients = request.mode === 'plan' ? [] : recipientsFrom(io.env);
    return await carryOut(request, tools, recipients, { attempts: 4, firstDelaySeconds: 2, maxDelaySeconds: 10 });
  } finally {
    shown.end();
    await ncp.close();
  }
}

function ledgerOf({ env, stderr }: Io): Store | undefined {
  if (env['BANAP_TABLE']) return ledgerFrom(env);
  stderr.write('no table (BANAP_TABLE): holds and what went in the last 24 hours are not known; going on without\n');
  return undefined;
}

/** As the file says now: it may be changed while a run waits. */
async function policyNow(name: string, file: string = POLICIES_FILE): Promise<PolicyNow> {
  try {
    const { policies } = await policiesIn(file, systemClock.now());
    const published = policies[name];
    return policyNowOf(name, published === undefined ? { kind: 'removed' } : { kind: 'published', policy: published });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw new LedgerError(error.message, { passing: true, cause: error });
  }
}

/** Secrets come from the environment, never from an argument: arguments can be seen by every process. */
function recipientsFrom(env: Environment): Recipient[] {
  const url = env['BANAP_WEBHOOK_URL'];
  const secret = env['BANAP_WEBHOOK_SECRET'];
  if (!url && !secret) return [];
  const parsed = webhookSecretSchema.safeParse({ url, secret });
  if (!parsed.success) {
    throw new ConfigError(
      'BANAP_WEBHOOK_URL and BANAP_WEBHOOK_SECRET: expected an https URL and "whsec_" followed by base64',
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
  stdout.write(`${text(report, columns(stdout))}\n`);
}

function columns(stream: NodeJS.WriteStream): number {
  return stream.columns ?? 100;
}

async function agreed({ stdin, stderr, signal }: Io): Promise<boolean> {
  const ask = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await ask.question('Terminate these servers? This cannot be undone. Type yes: ', { signal });
    return answer.trim().toLowerCase() === 'yes';
  } catch {
    return false;
  } finally {
    ask.close();
  }
}
