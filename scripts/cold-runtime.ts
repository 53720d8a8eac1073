/** AWS Lambda's own runtime interface client for Node.js, and the part of the Runtime API that one cold start needs. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bodyOf, listen } from '../lib/dev/http.ts';

export const RUNTIME_CLIENT = 'aws-lambda-ric@4.0.2';

/**
 * The client's main file in `folder`, where it is installed first if it is missing. Its native part is built from source
 * (about a minute), which needs Linux, cmake, make and a C++ compiler. It is not a dependency of this project.
 */
export async function runtimeClientIn(folder: string): Promise<string> {
  const client = join(folder, 'node_modules', 'aws-lambda-ric');
  if (!existsSync(join(client, 'rapid-client.node'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts=false', '--prefix', folder, RUNTIME_CLIENT];
    const npm = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: 10 * 60_000 });
    const [said, code] = await Promise.all([text(npm.stderr), exitCodeOf(npm)]);
    if (code !== 0) throw new Error(`${RUNTIME_CLIENT} cannot be built here (npm ended with ${code}):\n${said}`);
  }
  return join(client, 'index.mjs');
}

export interface ColdStart {
  /** From {@link runtimeClientIn}. */
  client: string;
  /** Where the bundle is. */
  folder: string;
  /** `<file>.<export>`. */
  handler: string;
  env: Record<string, string>;
  event: object;
}

export interface ColdAnswer {
  /** From the start of the process to its request for the first event, in milliseconds. */
  initMs: number;
  /** From the start of the process to its answer, in milliseconds. */
  answeredMs: number;
  answer: unknown;
}

/** Start a process, give it one event, and end it. Throws if it does not answer. */
export async function coldAnswer(start: ColdStart): Promise<ColdAnswer> {
  const answered = Promise.withResolvers<unknown>();
  const settle = [answered.resolve, answered.reject] as const;
  let initAt = 0;
  const api = await listen((request, response) => {
    if (request.url?.endsWith('/invocation/next') !== true) return void take(request, response).then(...settle);
    // There is no second event, so a request for it is never answered.
    if (initAt > 0) return;
    initAt = performance.now();
    response.writeHead(200, nextHeaders()).end(JSON.stringify(start.event));
  });
  const startedAt = performance.now();
  const child = startProcess(start, new URL(api.url).host);
  const ended = endOf(child);
  void ended.then((said) => answered.reject(new Error(`${start.handler} ended without an answer: ${said}`)));
  try {
    const answer = await answered.promise;
    const answeredMs = performance.now() - startedAt;
    return { initMs: initAt - startedAt, answeredMs, answer };
  } finally {
    child.kill('SIGKILL');
    await Promise.all([ended, api.close()]);
  }
}

/** The answer of the process, or why there is none. */
async function take(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  const body = await bodyOf(request);
  response.writeHead(202).end();
  if (request.url?.endsWith('/response') === true) return JSON.parse(body);
  throw new Error(`the function failed: ${body}`);
}

function startProcess({ client, folder, handler, env }: ColdStart, api: string): ChildProcess {
  const lambda = {
    AWS_LAMBDA_RUNTIME_API: api,
    AWS_LAMBDA_FUNCTION_NAME: 'cold',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/cold',
    AWS_LAMBDA_LOG_STREAM_NAME: 'cold',
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
    HOME: folder,
  };
  return spawn(process.execPath, [client], { cwd: folder, env: { ...lambda, ...env }, stdio: 'pipe' });
}

function nextHeaders(): Record<string, string> {
  return {
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': '8476a536-e9f4-11e8-9739-2dfe598c3fcd',
    'lambda-runtime-deadline-ms': String(Date.now() + 30_000),
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:ap-northeast-2:000000000000:function:cold',
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  const { stdout, stderr } = child;
  const [out, err] = await Promise.all([stdout === null ? '' : text(stdout), stderr === null ? '' : text(stderr)]);
  return `${out}${err}`.slice(-2_000);
}

function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
}
