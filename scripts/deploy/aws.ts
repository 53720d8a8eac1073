/** AWS as the commands use it: one client a service, with the SDK's own chain of credentials (AWS_PROFILE and so on). */

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { codeOf } from '../../lib/errors.ts';

export type Aws = ReturnType<typeof awsIn>;

/** `env`: where a local stand-in has its addresses, as the SDK knows them. */
export function awsIn(region: string, env: NodeJS.ProcessEnv) {
  const config = {
    region,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  };
  const isLocal = (env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL']) !== undefined;
  return {
    region,
    cloudFormation: new CloudFormationClient(config),
    cloudWatch: new CloudWatchClient(config),
    dynamoDb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    s3: new S3Client({ ...config, forcePathStyle: isLocal }),
    secretsManager: new SecretsManagerClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    sts: new STSClient(config),
  };
}

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AllAccessDisabled',
  'Forbidden',
  '403',
]);

/** AWS knows who asks, and does not let them. */
export function isDenied(error: unknown): boolean {
  return DENIED.has(codeOf(error));
}

const NO_CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

/** One sentence about a call that failed, with what to do. `doing` as in `the stack could not be read`. */
export function saidOf(doing: string, error: unknown): string {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error);
  if (NO_CREDENTIALS.has(code))
    return `${doing}: there are no valid AWS credentials (${code}); log in (aws sso login) or set AWS_PROFILE, then run it again`;
  if (isDenied(error))
    return `${doing}: these credentials may not (${text}); allow what \`npm run -s deploy -- --stage STAGE --policy\` lists`;
  return `${doing}: ${text} (${code}); nothing was changed by this call, so it is safe to run the command again`;
}
