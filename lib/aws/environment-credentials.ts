/** AWS credentials as Lambda gives them to a function: those of its role, in the environment. */

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Throws a CredentialsProviderError, as the SDK calls it. */
export function environmentCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) throw new CredentialsProviderError('the environment holds none');
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}

class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/**
 * Stands in bundles for the SDK's chain of that name, whose other links (files, other processes, sign-in, metadata services)
 * have nothing to find in Lambda.
 *
 * @public `scripts/build.ts` puts it in its place.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return () => Promise.resolve().then(environmentCredentials);
}
