/**
 * Measures how long the functions that somebody waits for take to answer after a cold start: `npm run -s cold`. Each start
 * is a separate process under AWS Lambda's runtime interface client, measured from its start to its first answer, with
 * Secrets Manager, DynamoDB and Lambda on loopback. An empty handler is started in turn with them: the ratio to it says
 * more than the time on this machine. The time that Lambda adds (environment, download of the bundle, network) is not
 * included.
 *
 * The client is built in a temporary folder; `--client <folder>` keeps it there for the next time.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import * as z from 'zod';
import { startDynamoDb } from '../lib/dev/dynamodb.ts';
import { httpEvent } from '../lib/dev/http-event.ts';
import { startLambda } from '../lib/dev/lambda.ts';
import { startSecretsManager } from '../lib/dev/secrets-manager.ts';
import { CALLER_KEY, SIGNING_SECRET, slackCommand, termination } from './cold-requests.ts';
import { type ColdAnswer, coldAnswer, RUNTIME_CLIENT, runtimeClientIn } from './cold-runtime.ts';

const ROUNDS = 10;
const POLICIES = `version: 1
callers: { ci: { secret: cold/ci, policies: [night] } }
policies: { night: { select: { environment: vpc, names: ['dev-*'] } } }
`;

/** A function to start: its bundle, its request, and the expected status of the answer. */
const CANDIDATES = {
  empty: { event: () => httpEvent({ method: 'POST', url: '/' }), status: 200 },
  slack: { event: slackCommand, status: 200 },
  webhook: { event: termination, status: 202 },
};
type Name = keyof typeof CANDIDATES;
const NAMES: readonly Name[] = ['empty', 'slack', 'webhook'];

/** By name, one for each round: the answers with the same index were measured one after the other. */
export type ColdAnswers = Record<Name, ColdAnswer[]>;

/** `clientFolder`: where the runtime's client is built and kept. Throws where it cannot be built. */
export async function measureCold(clientFolder: string | undefined): Promise<ColdAnswers> {
  const folder = mkdtempSync(join(tmpdir(), 'banap-cold-'));
  try {
    const client = await runtimeClientIn(clientFolder ?? join(folder, 'client'));
    await buildInto(folder);
    return await withServices((env) => measure(client, folder, env));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function buildInto(folder: string): Promise<void> {
  const [dist, policies] = [join(folder, 'dist'), join(folder, 'policies.yml')];
  writeFileSync(policies, POLICIES);
  const args = ['--outdir', dist, '--policies', policies, 'functions/slack.ts', 'functions/webhook.ts'];
  await promisify(execFile)(process.execPath, ['scripts/build.ts', ...args]);
  writeFileSync(join(dist, 'empty.mjs'), "export const handler = async () => ({ statusCode: 200, body: '' });\n");
}

async function withServices<T>(work: (env: Record<string, string>) => Promise<T>): Promise<T> {
  const slack = JSON.stringify({ botToken: 'xoxb-cold', signingSecrets: [SIGNING_SECRET] });
  const ci = JSON.stringify({ keys: [CALLER_KEY] });
  const secrets = await startSecretsManager({ secrets: { 'cold/slack': slack, 'cold/ci': ci } });
  const table = await startDynamoDb();
  await table.createTable('cold');
  const lambda = await startLambda({ functions: { terminate: withDurableExecution(done) }, plain: { chat: done } });
  try {
    return await work({
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_DYNAMODB: table.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      SLACK_SECRET_ID: 'cold/slack',
      CHAT_FUNCTION: 'chat',
      TERMINATE_FUNCTION: 'terminate',
      BANAP_TABLE: 'cold',
      BANAP_POLICIES: 'policies.json',
    });
  } finally {
    await Promise.all([secrets.close(), table.close(), lambda.close()]);
  }
}

function done(): Promise<object> {
  return Promise.resolve({});
}

/** The first round is not counted, so that files and services are warm; then each function in turn. */
async function measure(client: string, folder: string, env: Record<string, string>): Promise<ColdAnswers> {
  const answers: ColdAnswers = { empty: [], slack: [], webhook: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    // Each round begins with another function, so that their order does not matter.
    for (const name of [...NAMES.slice(round % NAMES.length), ...NAMES.slice(0, round % NAMES.length)]) {
      const { event, status } = CANDIDATES[name];
      const dist = join(folder, 'dist');
      const answer = await coldAnswer({ client, folder: dist, handler: `${name}.handler`, env, event: event() });
      const { statusCode } = answerSchema.parse(answer.answer);
      if (statusCode !== status) throw new Error(`${name} answered ${statusCode}; expected ${status}`);
      if (round > 0) answers[name].push(answer);
    }
  }
  return answers;
}

const answerSchema = z.object({ statusCode: z.int() });

function printTimes(answers: ColdAnswers): void {
  console.log(`Node ${process.version}, ${RUNTIME_CLIENT}, medians of ${ROUNDS} cold starts`);
  const empty = median(answers.empty.map(({ answeredMs }) => answeredMs));
  for (const name of NAMES) {
    const answered = answers[name].map(({ answeredMs }) => answeredMs);
    const init = median(answers[name].map(({ initMs }) => initMs));
    const ms = [median(answered), init, Math.max(...answered)].map((one) => `${one.toFixed(0)} ms`);
    const ratio = (median(answered) / empty).toFixed(1);
    console.log(`${name.padEnd(8)} answered after ${ms[0]} (init ${ms[1]}, slowest ${ms[2]}), ${ratio} times empty`);
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? half - 1 : half], sorted[half]];
  return (low + high) / 2;
}

async function main(): Promise<void> {
  try {
    const { values } = parseArgs({ options: { client: { type: 'string' } } });
    printTimes(await measureCold(values.client));
  } catch (error) {
    console.error(`not measured: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
