import type { ZodType } from 'zod';

/** The secret of a chat in Secrets Manager. */
export interface ChatSecret<Secret> {
  /** The environment variable that names it; a chat whose secret is not named is not there. */
  setting: string;
  /** A name that it may have. */
  example: string;
  schema: ZodType<Secret>;
}

/** Asked for whenever it is needed, and with `fresh` when a service did not accept what was there: secrets are rotated. */
export type SecretSource<Secret> = (options: { fresh: boolean }) => Promise<Secret>;
