import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { LambdaHandler } from '../../lib/dev/durable-runner.ts';
import { type LocalDynamoDb, startDynamoDb } from '../../lib/dev/dynamodb.ts';
import { type LocalLambda, startLambda } from '../../lib/dev/lambda.ts';
import { type LocalSecretsManager, startSecretsManager } from '../../lib/dev/secrets-manager.ts';
import type { HttpAnswer } from '../../lib/http/answer.ts';
import { problemSchema } from '../../lib/http/problem.ts';
import { compilePolicies } from '../../lib/policies/load.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { dynamoStore } from '../../lib/store/named-store.ts';
import type { TableStore } from '../../lib/store/store.ts';
import type { RunView } from '../../lib/termination/status/run-view.ts';
import { openApiText } from '../../scripts/openapi.ts';
import { serverView } from '../termination/builders.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { keyOf, signedHeaders } from './signed.ts';

/** Is in every body that is sent; no line of the log may contain it. */
export const PRIVATE = 'hush-hush';
export const KEYS = {
  ci: keyOf(1),
  ciOld: keyOf(2),
  portal: keyOf(3),
  links: Buffer.alloc(32, 9).toString('base64'),
  stranger: keyOf(99),
};
const SECRETS = {
  'banap/test/ci': [KEYS.ci, KEYS.ciOld],
  'banap/test/portal': [KEYS.portal],
  'banap/test/links': [KEYS.links],
};
const POLICIES = policiesSchema.parse({
  version: 1,
  policies: {
    'nightly-dev': { select: { environment: 'vpc', names: ['dev-*'] }, timezone: 'America/New_York' },
    sweep: { select: { environment: 'vpc', names: ['*-tmp'] }, approval: { approvers: ['slack:U4HANA7QX'] } },
    secret: { select: { environment: 'vpc', names: ['prod-*'] } },
  },
  callers: {
    ci: { secret: 'banap/test/ci', policies: ['nightly-dev', 'sweep', 'gone'] },
    portal: { secret: 'banap/test/portal', policies: ['sweep'] },
  },
});

/** The webhook function behind HTTP, and what it has around it in AWS, on this machine. */
export interface Bench {
  secrets: LocalSecretsManager;
  database: LocalDynamoDb;
  lambda: LocalLambda;
  gateway: Gateway;
  log: string[];
  /** Every answer so far. */
  answers: { method: string; path: string; answer: HttpAnswer }[];
  store(): TableStore;
  invoke(event: object): Promise<HttpAnswer>;
  /** A cold start with an empty table. */
  reset(terminate: LambdaHandler): Promise<void>;
  close(): Promise<void>;
}

export async function startBench(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'banap-webhook-'));
  const file = join(folder, 'policies.json');
  writeFileSync(file, compilePolicies(POLICIES, '2026-11-20T00:00:00Z'));
  const secrets = await startSecretsManager({
    secrets: Object.fromEntries(Object.entries(SECRETS).map(([id, keys]) => [id, JSON.stringify({ keys })])),
  });
  const database = await startDynamoDb();
  const log: string[] = [];
  // The AWS SDK waits for a random share of its delay before it tries again: here for none of it.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void log.push(JSON.stringify(line)));
  const settings = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_DYNAMODB: database.url,
    AWS_REGION: 'ap-northeast-2',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_MAX_ATTEMPTS: '1',
    BANAP_POLICIES: file,
    CONFIRM_SECRET_ID: 'banap/test/links',
    TERMINATE_FUNCTION: 'arn:aws:lambda:ap-northeast-2:111122223333:function:terminate:durable',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  let handler: (event: object) => Promise<HttpAnswer>;
  let tables = 0;
  const invoke = async (event: object): Promise<HttpAnswer> => {
    const answer = await handler(event);
    const { rawPath, requestContext } = event as { rawPath: string; requestContext?: { http: { method: string } } };
    bench.answers.push({ method: requestContext?.http.method ?? '', path: rawPath, answer });
    return answer;
  };
  const bench: Bench = {
    secrets,
    database,
    lambda: await startLambda({ functions: {} }),
    gateway: await startGateway((event) => bench.invoke(event)),
    log,
    answers: [],
    store: () => dynamoStore({ table: `banap-${tables}`, clock: systemClock }),
    invoke,
    reset: async (terminate) => {
      tables += 1;
      log.length = 0;
      bench.gateway.isBase64Encoded = false;
      await database.createTable(`banap-${tables}`);
      await bench.lambda.close();
      bench.lambda = await startLambda({ functions: { terminate } });
      vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', bench.lambda.url);
      vi.stubEnv('BANAP_TABLE', `banap-${tables}`);
      vi.resetModules();
      const module = await import('../../functions/webhook.ts');
      handler = (event) => Reflect.apply(module.handler, undefined, [event, {}]);
    },
    close: async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
      await Promise.all([secrets.close(), database.close(), bench.lambda.close(), bench.gateway.close()]);
    },
  };
  return bench;
}

export interface Call {
  method?: string;
  body?: string | Buffer;
  key?: string;
  id?: string;
  /** Seconds before or after now. */
  late?: number;
  /** Over those of the signature. */
  headers?: Record<string, string>;
}

let ids = 0;

/** Over real HTTP, signed. */
export async function call(
  { gateway }: Bench,
  path: string,
  { method = 'POST', body = '', key = KEYS.ci, id, late = 0, headers = {} }: Call = {},
): Promise<{ status: number; headers: Headers; json: Record<string, unknown>; text: string }> {
  ids += 1;
  const timestamp = Math.floor(Date.now() / 1000) - late;
  const signed = signedHeaders({ key, id: id ?? `msg_${ids}`, timestamp, body });
  const type = method === 'POST' ? { 'content-type': 'application/json' } : {};
  const hasBody = method !== 'GET' && method !== 'HEAD' && body.length > 0;
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { ...type, ...signed, ...headers },
    redirect: 'manual',
    ...(hasBody && { body: typeof body === 'string' ? body : new Uint8Array(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : {} };
}

/**
 * Whatever a test did: no body and no secret is in the log, no secret and no stack in an answer, problems are RFC 9457's,
 * and the OpenAPI description knows every status. Forgets the answers so far.
 */
export async function nothingLeaks(bench: Bench): Promise<void> {
  await bench.lambda.settled();
  const secrets = Object.values(KEYS).flatMap((key) => [key, key.replace('whsec_', '')]);
  const log = bench.log.join('\n');
  expect([PRIVATE, 'v1,', '/confirm/', ...secrets].filter((text) => log.includes(text))).toEqual([]);
  const answers = bench.answers.map(({ answer }) => JSON.stringify(answer)).join('\n');
  expect([...secrets, '.ts:', 'node_modules'].filter((text) => answers.includes(text))).toEqual([]);
  expect(undocumented(bench)).toEqual([]);
  for (const { answer } of bench.answers.splice(0)) {
    if (answer.headers['content-type'] !== 'application/problem+json' || answer.body === '') continue;
    expect(problemSchema.parse(JSON.parse(answer.body)).status).toBe(answer.statusCode);
    expect(answer.body).not.toContain(PRIVATE);
  }
}

function undocumented({ answers }: Bench): string[] {
  const { paths } = JSON.parse(openApiText()) as {
    paths: Record<string, Record<string, { responses: Record<string, object> }>>;
  };
  return answers.flatMap(({ method, path, answer: { statusCode } }) => {
    const known = Object.entries(paths).find(([form]) => isLike(path ?? '', form));
    const responses = known?.[1][method.toLowerCase()]?.responses;
    return responses === undefined || String(statusCode) in responses ? [] : [`${method} ${path}: ${statusCode}`];
  });
}

function isLike(path: string, form: string): boolean {
  return new RegExp(`^${form.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

export function askOf(more: object = {}): string {
  return JSON.stringify({ policy: 'nightly-dev', servers: ['1001'], reason: PRIVATE, ...more });
}

export function cardOf(more: Partial<RunView> = {}): RunView {
  const at = new Date().toISOString();
  return {
    requestId: 'nightly-dev-20261123T120000Z',
    account: 'default',
    policy: 'nightly-dev',
    trigger: 'schedule',
    requestedBy: 'schedule nightly-dev',
    askedBy: '',
    reason: 'Development servers go home',
    state: 'awaiting-approval',
    status: '',
    failure: null,
    refusal: null,
    planHash: '5f1d7a84db15',
    createdAt: at,
    updatedAt: at,
    approvalUntil: new Date(Date.now() + 3_600_000).toISOString(),
    actsAt: '',
    missingApprovals: 1,
    approvers: ['naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e'],
    barred: [],
    servers: [
      serverView({ serverName: 'dev-web', deletes: ['data'], deletesBytes: 10 * 1024 ** 3, releases: ['203.0.113.7'] }),
      serverView({
        serverInstanceNo: '1002',
        serverName: 'dev-db',
        statusName: 'stopped',
        verdict: 'refuse',
        guard: 'held',
        reason: { code: 'held', by: 'mina', until: '', reason: '' },
      }),
    ],
    attention: [],
    signals: [],
    ...more,
  };
}
