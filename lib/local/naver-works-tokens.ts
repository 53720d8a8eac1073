import { type KeyObject, randomBytes, verify } from 'node:crypto';
import * as z from 'zod';

interface App {
  clientId: string;
  clientSecret: string;
  serviceAccount: string;
  publicKey: KeyObject;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const DAY_SECONDS = 86_400;
const MAX_ASSERTION_SECONDS = 3_600;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Access tokens for assertions that a service account signed: https://developers.worksmobile.com/kr/docs/auth-jwt */
export class NaverWorksTokens {
  readonly #app: App;
  /** With the time at which each is over. */
  readonly #valid = new Map<string, number>();

  constructor(app: App) {
    this.#app = app;
  }

  issue(form: URLSearchParams): { status: number; reply: object } {
    const error = this.#problem(form);
    if (error !== undefined) return { status: error === 'invalid_client' ? 401 : 400, reply: { error } };
    const token = randomBytes(24).toString('base64url');
    this.#valid.set(token, this.#app.now() + DAY_SECONDS * 1000);
    const reply = {
      access_token: token,
      refresh_token: randomBytes(24).toString('base64url'),
      token_type: 'Bearer',
      expires_in: String(DAY_SECONDS),
      scope: 'bot',
    };
    return { status: 200, reply };
  }

  accept(authorization: string | undefined): boolean {
    const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1] ?? '';
    return (this.#valid.get(token) ?? 0) > this.#app.now();
  }

  end(): void {
    this.#valid.clear();
  }

  /** The error's code as RFC 6749 names it. */
  #problem(form: URLSearchParams): string | undefined {
    const { clientId, clientSecret } = this.#app;
    if (form.get('grant_type') !== JWT_BEARER) return 'unsupported_grant_type';
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) return 'invalid_client';
    if (form.get('scope') !== 'bot') return 'invalid_scope';
    return this.#isSigned(form.get('assertion') ?? '') ? undefined : 'invalid_grant';
  }

  #isSigned(assertion: string): boolean {
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    const signed = Buffer.from(`${header}.${claims}`);
    if (decoded(header, headerSchema) === undefined) return false;
    if (!verify('RSA-SHA256', signed, this.#app.publicKey, Buffer.from(signature, 'base64url'))) return false;
    const { iss, sub, iat, exp } = decoded(claims, claimsSchema) ?? { iss: '', sub: '', iat: 0, exp: 0 };
    const seconds = this.#app.now() / 1000;
    const isTimely = iat <= seconds + 60 && exp > seconds && exp - iat <= MAX_ASSERTION_SECONDS;
    return iss === this.#app.clientId && sub === this.#app.serviceAccount && isTimely;
  }
}

const headerSchema = z.object({ alg: z.literal('RS256') });
const claimsSchema = z.object({ iss: z.string(), sub: z.string(), iat: z.int(), exp: z.int() });

function decoded<T>(part: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
