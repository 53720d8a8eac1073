/** `banap plan` and `banap terminate`: the library in this process. */

import { createInterface } from 'node:readline/promises';
import { webhookSecretSchema } from '../aws/secret-schemas.ts';
import { type CarriedOut, carryOut, type Recipient } from '../carry-out.ts';
import { chance } from '../chance.ts';
import { systemClock } from '../clock.ts';
import { NcloudClient } from '../ncloud/client.ts';
import { NcloudCloud } from '../ncloud/cloud.ts';
import { ConfigError, type Environment, ncloudConfig, ncloudKeys } from '../ncloud/config.ts';
import type { Report } from '../reports/report.ts';
import { outcomesText, planText } from '../reports/text.ts';
import { oneLine } from '../termination/one-line.ts';
import { parseRequest, type TerminationRequest } from '../termination/request.ts';
import type { Tools } from '../termination/run.ts';
import { exitCodeFor } from './exit-code.ts';
import { processEngine } from './process-engine.ts';
import { progress } from './progress.ts';

/** The command line's options, as commander gives them. */
export interface TerminateOptions {
  server?: string[];
  name?: string[];
  environment: string;
  region?: string;
  storage: string;
  publicIp: string;
  overrideProtection: boolean;
  maxServers: number;
  maxPercent: number;
  deadline: number;
  pollSeconds: number;
  reason?: string;
  json: boolean;
  yes?: boolean;
}

export interface Io {
  env: Environment;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  signal: AbortSignal;
}

/** Returns the exit code. */
export async function planCommand(options: TerminateOptions, io: Io): Promise<number> {
  const { report } = await carriedOut(requestFrom(options, 'plan', io), options, io);
  show(report, options, io);
  return exitCodeFor(report);
}

/** Acts only when it was told to: by --yes, or by somebody at a terminal who has seen the plan. */
export async function terminateCommand(options: TerminateOptions, io: Io): Promise<number> {
  if (options.yes === true) return act(options, io);
  const { report: planned } = await carriedOut(requestFrom(options, 'plan', io), options, io);
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
  const { report, delivery } = await carriedOut(requestFrom(options, 'terminate', io), options, io, agreedHash);
  show(report, options, io);
  if (delivery.state === 'failed') io.stderr.write(`the report was not delivered: ${delivery.reason}\n`);
  return exitCodeFor(report);
}

function isOpen(server: NonNullable<Report['plan']>['servers'][number]): boolean {
  return server.verdict === 'terminate' || server.verdict === 'wait';
}

function requestFrom(options: TerminateOptions, mode: 'plan' | 'terminate', { env }: Io): TerminationRequest {
  const { server = [], name = [], environment, storage, publicIp, overrideProtection } = options;
  const { maxServers, maxPercent, deadline: deadlineMinutes, reason = '' } = options;
  const region = (options.region ?? ncloudConfig(env).region).toUpperCase();
  const limits = { maxServers, maxPercent };
  const requestedBy = env['USER'] ?? '';
  return parseRequest(
    {
      environment,
      region,
      servers: server,
      names: name,
      mode,
      storage,
      publicIp,
      overrideProtection,
      limits,
      deadlineMinutes,
      reason,
      requestedBy,
    },
    { requestId: newRequestId(), trigger: 'cli' },
  );
}

function newRequestId(): string {
  const time = new Date(systemClock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  return `cli-${time}-${Math.floor(chance()() * 36 ** 4)
    .toString(36)
    .padStart(4, '0')}`;
}

async function carriedOut(
  request: TerminationRequest,
  options: TerminateOptions,
  io: Io,
  agreedHash?: string,
): Promise<CarriedOut> {
  const config = ncloudConfig(io.env);
  const keys = ncloudKeys(io.env);
  let calls = 0;
  const client = new NcloudClient({
    ...config,
    clock: systemClock,
    chance: chance(),
    signal: io.signal,
    onCall: () => {
      calls += 1;
    },
    onRetry: (error, delayMs) => io.stderr.write(`${error.message}; again in ${Math.ceil(delayMs / 1000)} s\n`),
    keys: { current: () => Promise.resolve(keys), fresh: () => Promise.resolve(keys) },
  });
  const shown = progress(io.stderr);
  const reading = setInterval(() => io.stderr.write(`reading: ${calls} calls so far\n`), 2_000);
  const { environment, region } = request;
  const tools: Tools = {
    engine: processEngine(systemClock, io.signal),
    clock: systemClock,
    cloud: new NcloudCloud(client, { environment, region }),
    pollSeconds: options.pollSeconds,
    signal: io.signal,
    onPlan: (plan) => {
      clearInterval(reading);
      shown.plan(plan);
    },
    onEvents: (events) => shown.events(events),
    ...(agreedHash === undefined ? {} : { agreedHash }),
  };
  io.stderr.write(`looking at ${environment} ${region} at ${config.endpoint}\n`);
  try {
    const recipient = request.mode === 'plan' ? undefined : recipientFrom(io.env);
    return await carryOut(request, tools, recipient, { attempts: 4, firstDelaySeconds: 2, maxDelaySeconds: 10 });
  } finally {
    clearInterval(reading);
    shown.end();
    await client.close();
  }
}

/** Secrets come from the environment, never from an argument: arguments can be seen by every process. */
function recipientFrom(env: Environment): Recipient | undefined {
  const url = env['BANAP_WEBHOOK_URL'];
  const secret = env['BANAP_WEBHOOK_SECRET'];
  if (!url && !secret) return undefined;
  const parsed = webhookSecretSchema.safeParse({ url, secret });
  if (!parsed.success) {
    throw new ConfigError(
      'BANAP_WEBHOOK_URL and BANAP_WEBHOOK_SECRET: expected an https URL and "whsec_" followed by base64',
    );
  }
  return () => Promise.resolve(parsed.data);
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
