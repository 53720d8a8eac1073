import { codeOf } from '../errors.ts';
import { StoreError } from '../termination/ports/store.ts';

/**
 * Classifies an error of DynamoDB or its client by code or name, never by text. It keeps neither the cause nor
 * the text, because both may quote requests, and with them keys.
 */
export function storeErrorFrom(error: unknown, table: string): StoreError {
  if (error instanceof StoreError) return error;
  const name = codeOf(error);
  const kind = kindByName[name] ?? (isPassing(error, name) ? 'passing' : 'other');
  const message = saying[kind](table, name);
  return new StoreError(message, { passing: kind === 'passing', of: table, code: name });
}

/** The client's error for a missing region has no name of its own, so the caller checks for it. */
export function noRegion(table: string): StoreError {
  return new StoreError(
    `table ${table} could not be used: no AWS region is set; set AWS_REGION, for example ap-northeast-2`,
    { passing: false },
  );
}

/** Throttled, unreachable, or a fault of the service. */
function isPassing(error: unknown, name: string): boolean {
  if (/Throttl|Throughput|LimitExceeded|Timeout|^E[A-Z_]+$|^UND_ERR/.test(name)) return true;
  const status = statusOf(error);
  // Below 400 there was an answer, but it could not be read: it was cut off.
  return status !== undefined && (status >= 500 || status < 400);
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

const kindByName: Readonly<Record<string, 'missing' | 'denied' | 'credentials'>> = {
  ResourceNotFoundException: 'missing',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'credentials',
  ExpiredTokenException: 'credentials',
  IncompleteSignatureException: 'credentials',
  InvalidClientTokenId: 'credentials',
  InvalidSignatureException: 'credentials',
  MissingAuthenticationTokenException: 'credentials',
  TokenProviderError: 'credentials',
  UnrecognizedClientException: 'credentials',
};

const saying = {
  missing: (table: string) => `table ${table} does not exist; create it by deploying, or set BANAP_TABLE`,
  denied: (table: string, name: string) =>
    `table ${table} may not be used by this role (${name}); allow the dynamodb actions that banap needs on it`,
  credentials: (table: string, name: string) =>
    `table ${table} could not be used: AWS took no credentials from here (${name}); sign in to AWS again, for example with AWS_PROFILE`,
  passing: (table: string, name: string) => `table ${table} did not answer as expected (${name}); try again later`,
  other: (table: string, name: string) => `table ${table} could not be used (${name})`,
};
