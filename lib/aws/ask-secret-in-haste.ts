import * as z from 'zod';
import { inHaste } from './haste.ts';
import type { AskSecret } from './secrets.ts';
import { signedCall } from './signed-call.ts';

/** For a function whom somebody waits for. */
export const askInHaste: AskSecret = async (secretId) => {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
  const body = JSON.stringify({ SecretId: secretId });
  const call = { service: 'secretsmanager', path: '/', headers, body } as const;
  return inHaste(async (signal) => answerSchema.parse(JSON.parse(await signedCall({ ...call, signal }))));
};

const answerSchema = z.object({ SecretString: z.string().optional() });
