/** Everything that `npm run dev` runs on loopback: the handlers behind an HTTP API and a Lambda, and all that they speak to. */

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../clock.ts';
import { compilePolicies } from '../policies/load.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { type Functions, functionsFrom, listenFor } from './dev-functions.ts';
import { DEV_POLICIES, devFleet, SECRET_IDS } from './dev-policies.ts';
import { type LocalLambda, startLambda } from './lambda.ts';
import { type LocalNaverWorks, startNaverWorks } from './naver-works.ts';
import { type LocalReceiver, startReceiver } from './receiver.ts';
import { startSecretsManager } from './secrets-manager.ts';
import { type LocalSlack, startSlack } from './slack.ts';

export interface DevOptions {
  /** Of the HTTP API; 0: any free one. */
  port: number;
  /** Simulated seconds per real second. */
  speed: number;
  /** Whether the functions are those that `npm run build` made. */
  built: boolean;
  /** Of messages about runs. */
  language: 'en' | 'ko';
  /** Whether more requests than AWS would let through are answered 429. */
  throttle: boolean;
}

export interface DevWorld {
  /** Of the HTTP API, without a slash at the end. */
  url: string;
  simulator: Simulator;
  receiver: LocalReceiver;
  /** What the functions remember: the URL of a SQLite file. */
  table: string;
  lambda: LocalLambda;
  slack: LocalSlack;
  naverWorks: LocalNaverWorks;
  /** What only one person sees in Slack, in order; each of them grows. */
  slackAnswers: { userName: string; responses: Record<string, unknown>[] }[];
  /** Made for this process, and of no use anywhere else. */
  keys: Keys;
}

interface Keys {
  accessKey: string;
  secretKey: string;
  caller: string;
  reports: string;
  confirm: string;
  slackSigningSecret: string;
  slackBotToken: string;
}

/** All of it ends with the process. `besides` is asked first, with paths under `/dev/`. Throws DevError, SimulatorInputError. */
export async function startDevWorld(options: DevOptions, besides: RequestListener): Promise<DevWorld> {
  const { promise: loaded, resolve: load } = Promise.withResolvers<Functions>();
  const api = await listenFor(loaded, { ...options, besides });
  const keys = newKeys();
  const { accessKey, secretKey } = keys;
  const simulator = await startSimulator({ accessKey, secretKey, speed: options.speed, fleet: devFleet() });
  const receiver = await startReceiver({ secret: keys.reports });
  const slack = await startSlack({ botToken: keys.slackBotToken, signingSecret: keys.slackSigningSecret });
  const naverWorks = await startNaverWorks({ secret: { botSecret: randomBytes(16).toString('hex') } });
  const secretsManager = await startSecretsManager({ secrets: secretsOf(keys, { receiver, slack, naverWorks }) });
  const folder = mkdtempSync(join(tmpdir(), 'banap-dev-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const table = pathToFileURL(join(folder, 'banap.db')).href;
  const policiesFile = join(folder, 'policies.json');
  writeFileSync(policiesFile, compilePolicies(DEV_POLICIES, new Date(systemClock.now()).toISOString()));
  delete process.env['AWS_PROFILE']; // the SDK would go by it, and not by the keys below
  Object.assign(process.env, {
    ...SETTINGS,
    NCLOUD_API_GW: simulator.url,
    NCLOUD_RESOURCE_MANAGER_API_GW: simulator.url,
    BANAP_POLICIES: policiesFile,
    BANAP_TABLE: table,
    BANAP_PUBLIC_URL: api.url,
    BANAP_LANGUAGE: options.language,
    BANAP_SLACK_URL: slack.url,
    BANAP_NAVER_WORKS_URL: naverWorks.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager.url,
  });
  const functions = await functionsFrom(options);
  const { start, terminate, chat } = functions;
  const lambda = await startLambda({ functions: { terminate }, plain: { start, chat } });
  process.env['AWS_ENDPOINT_URL_LAMBDA'] = lambda.url;
  load(functions);
  return { url: api.url, simulator, receiver, table, lambda, slack, naverWorks, slackAnswers: [], keys };
}

/** What serverless.yml sets in AWS, and what sends every client to this machine. */
const SETTINGS = {
  NCLOUD_SECRET_ID: SECRET_IDS.ncloud,
  REPORT_WEBHOOK_SECRET_ID: SECRET_IDS.reports,
  SLACK_SECRET_ID: SECRET_IDS.slack,
  NAVER_WORKS_SECRET_ID: SECRET_IDS.naverWorks,
  CONFIRM_SECRET_ID: SECRET_IDS.confirm,
  NCLOUD_CALLS_PER_SECOND: '50',
  BANAP_LOCAL: 'true',
  BANAP_REPORT_ALLOW_HOSTS: '127.0.0.1',
  BANAP_POLL_SECONDS: '1',
  BANAP_DELIVERY_RETRY_SECONDS: '1',
  TERMINATE_FUNCTION: 'terminate',
  CHAT_FUNCTION: 'chat',
  AWS_REGION: 'ap-northeast-2',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
};

function newKeys(): Keys {
  return {
    accessKey: `dev-${randomBytes(6).toString('hex')}`,
    secretKey: randomBytes(20).toString('hex'),
    caller: signingKey(),
    reports: signingKey(),
    confirm: randomBytes(32).toString('base64'),
    slackSigningSecret: randomBytes(16).toString('hex'),
    slackBotToken: `xoxb-local-${randomBytes(10).toString('hex')}`,
  };
}

function signingKey(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function secretsOf(
  keys: Keys,
  { receiver, slack, naverWorks }: Pick<DevWorld, 'receiver' | 'slack' | 'naverWorks'>,
): Record<string, string> {
  const { accessKey, secretKey } = keys;
  const values: Record<keyof typeof SECRET_IDS, object> = {
    ncloud: { accessKey, secretKey },
    reports: { url: receiver.url, secret: keys.reports },
    caller: { keys: [keys.caller] },
    slack: slack.secret,
    naverWorks: naverWorks.secret,
    confirm: { keys: [keys.confirm] },
  };
  return Object.fromEntries(
    Object.entries(SECRET_IDS).map(([name, id]) => [id, JSON.stringify(Reflect.get(values, name))]),
  );
}
