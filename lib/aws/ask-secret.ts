import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import type { AskSecret } from './secrets.ts';

/** With AWS's SDK, which finds credentials wherever this runs. */
export function askWithSdk(client = new SecretsManagerClient(secretsManagerConfig)): AskSecret {
  return (secretId) => client.send(new GetSecretValueCommand({ SecretId: secretId }));
}

/** Secrets Manager answers in tens of milliseconds; a run must not hang on it for minutes. */
const secretsManagerConfig: SecretsManagerClientConfig = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};
