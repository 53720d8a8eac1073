import { type KeyObject, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';

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
/** How far the clock of who signs may be ahead. */
const MAX_AHEAD_SECONDS = 60;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Access tokens for assertions that a service account signed: https://developers.worksmobile.com/kr/docs/auth-jwt */
export class NaverWorksTokens {
  readonly #app: App;
  /** With the time at which each is over. */
  readonly #valid = new Map<string, number>();

  constructor(app: App) {
    this.#app = app;
  }

  async issue(form: URLSearchParams): Promise<{ status: number; reply: object }> {
    const error = await this.#problem(form);
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
  async #problem(form: URLSearchParams): Promise<string | undefined> {
    const { clientId, clientSecret } = this.#app;
    if (form.get('grant_type') !== JWT_BEARER) return 'unsupported_grant_type';
    if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) return 'invalid_client';
    if (form.get('scope') !== 'bot') return 'invalid_scope';
    return (await this.#isSigned(form.get('assertion') ?? '')) ? undefined : 'invalid_grant';
  }

  async #isSigned(assertion: string): Promise<boolean> {
    const { clientId, serviceAccount, publicKey, now } = this.#app;
    const seconds = now() / 1000;
    const options = {
      algorithms: ['RS256'],
      issuer: clientId,
      subject: serviceAccount,
      requiredClaims: ['iat', 'exp'],
      currentDate: new Date(now()),
    };
    try {
      const { iat = 0, exp = 0 } = (await jwtVerify(assertion, publicKey, options)).payload;
      return iat <= seconds + MAX_AHEAD_SECONDS && exp - iat <= MAX_ASSERTION_SECONDS;
    } catch {
      return false;
    }
  }
}
