import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { bodyOf, type LocalServer, listen } from './http.ts';

export interface LocalSecretsManager extends LocalServer {
  /** Add a secret or give it another value. Bytes make it a binary secret. */
  set(id: string, value: string | Uint8Array): void;
  /** Answer every further question about this secret with an error, for example `AccessDeniedException`. */
  refuse(id: string, code: string): void;
  /** How many questions were asked so far. */
  calls(): number;
}

/**
 * AWS Secrets Manager as far as this project uses it: GetSecretValue over AWS JSON 1.1, without checking signatures.
 * The SDK's own client speaks to it when `AWS_ENDPOINT_URL_SECRETS_MANAGER` is its `url`, with any credentials and
 * any region.
 */
export async function startSecretsManager(options: { secrets: Record<string, string> }): Promise<LocalSecretsManager> {
  const secrets = new Map<string, string | Uint8Array>(Object.entries(options.secrets));
  const refusals = new Map<string, string>();
  let calls = 0;
  const server = await listen((request, response) => {
    calls += 1;
    void answer(request, response, secrets, refusals).catch(() => response.destroy());
  });
  return {
    ...server,
    set: (id, value) => void secrets.set(id, value),
    refuse: (id, code) => void refusals.set(id, code),
    calls: () => calls,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  secrets: ReadonlyMap<string, string | Uint8Array>,
  refusals: ReadonlyMap<string, string>,
): Promise<void> {
  const body = await bodyOf(request);
  if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    return fail(response, 'UnknownOperationException', 'only GetSecretValue is spoken here');
  }
  const name = nameOf(getSecretValueSchema.parse(JSON.parse(body)).SecretId);
  const refusal = refusals.get(name);
  if (refusal !== undefined) return fail(response, refusal, 'refused on request');
  const value = secrets.get(name);
  if (value === undefined) {
    return fail(response, 'ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  reply(response, 200, { ARN: arnOf(name), Name: name, VersionStages: ['AWSCURRENT'], ...wireValue(value) });
}

const getSecretValueSchema = z.object({ SecretId: z.string() });

function wireValue(value: string | Uint8Array): object {
  return typeof value === 'string' ? { SecretString: value } : { SecretBinary: Buffer.from(value).toString('base64') };
}

/** A secret is asked for by its name, or by its ARN, which ends in the name, a hyphen and six characters. */
function nameOf(secretId: string): string {
  return /^arn:[^:]*:secretsmanager:[^:]*:[^:]*:secret:(.+)-\w{6}$/.exec(secretId)?.[1] ?? secretId;
}

function arnOf(name: string): string {
  return `arn:aws:secretsmanager:ap-northeast-2:000000000000:secret:${name}-aBcDeF`;
}

function fail(response: ServerResponse, code: string, message: string): void {
  response.setHeader('x-amzn-errortype', code);
  reply(response, 400, { __type: code, Message: message });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
