import { codeOf } from '../errors.ts';

export type SecretErrorKind = 'missing' | 'denied' | 'malformed' | 'unreachable';

/** A secret could not be used. The message names the secret and what was expected of it, never what is in it. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
  readonly kind: SecretErrorKind;

  constructor(kind: SecretErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }

  /** Reading it again later may help. */
  get passing(): boolean {
    return this.kind === 'unreachable';
  }
}

/**
 * Classifies an error of Secrets Manager or its client by code, never by text. It has no cause,
 * because the client attaches the raw body, which is the secret, to the error when it cannot parse an answer.
 */
export function secretErrorFrom(error: unknown, secretId: string, example: string): SecretError {
  const code = codeOf(error);
  const kind = kindByCode[code] ?? 'unreachable';
  return new SecretError(kind, `secret ${secretId} ${saying[kind](code, example)}`);
}

const kindByCode: Readonly<Record<string, 'missing' | 'denied'>> = {
  ResourceNotFoundException: 'missing',
  InvalidRequestException: 'missing', // it is scheduled for deletion
  AccessDeniedException: 'denied',
  DecryptionFailure: 'denied',
  CredentialsProviderError: 'denied',
  ExpiredTokenException: 'denied',
  UnrecognizedClientException: 'denied',
  InvalidSignatureException: 'denied',
};

const saying = {
  missing: (code: string, example: string) =>
    `does not exist or is being deleted in this account and region (${code}); create it with a JSON value such as ${example}`,
  denied: (code: string) => `may not be read by this role (${code}); allow secretsmanager:GetSecretValue on it`,
  unreachable: (code: string) => `could not be read (${code}); Secrets Manager did not answer as expected`,
};
