import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import * as z from 'zod';
import { ChatError } from '../core/chat-error.ts';
import { type Patience, patiently, post } from '../core/chat-http.ts';
import type { SecretSource } from '../core/secret.ts';
import { naverWorksError } from './client-error.ts';
import type { NaverWorksSecret } from './secret.ts';

/** Gone this long before it expires, so that none expires on its way. */
const SPARE_MS = 5 * 60_000;
const ASSERTION_SECONDS = 10 * 60;
const CALL = 'NAVER WORKS token';
export const NAVER_WORKS_AUTH_URL = 'https://auth.worksmobile.com';

/**
 * Access tokens of a service account, one at a time, kept in memory until shortly before they expire.
 * https://developers.worksmobile.com/kr/docs/auth-jwt
 */
export class AccessTokens {
  readonly #secret: SecretSource<NaverWorksSecret>;
  readonly #authUrl: string;
  readonly #patience: Patience;
  #current: Promise<{ token: string; expiresAt: number }> | undefined;

  constructor(secret: SecretSource<NaverWorksSecret>, authUrl: string, patience: Patience) {
    this.#secret = secret;
    this.#authUrl = authUrl;
    this.#patience = patience;
  }

  /** Callers at the same time share one. With `refused`, any other than that one. Throws ChatError. */
  async get(refused?: string): Promise<string> {
    const known = this.#current;
    const held = await known?.catch(() => undefined);
    const isUsable = held !== undefined && held.token !== refused && held.expiresAt > this.#patience.clock.now();
    if (isUsable) return held.token;
    // Somebody else may have asked for one while we looked.
    if (this.#current === undefined || this.#current === known) this.#current = this.#issue();
    return (await this.#current).token;
  }

  async #issue(): Promise<{ token: string; expiresAt: number }> {
    const secret = await this.#secret({ fresh: false });
    try {
      return await this.#ask(secret);
    } catch (error) {
      if (!(error instanceof ChatError) || error.kind !== 'authentication') throw error;
      const fresh = await this.#secret({ fresh: true });
      if (JSON.stringify(fresh) === JSON.stringify(secret)) throw error;
      return this.#ask(fresh);
    }
  }

  async #ask(secret: NaverWorksSecret): Promise<{ token: string; expiresAt: number }> {
    const { clock, timeoutMs } = this.#patience;
    const ask = async (): Promise<{ token: string; expiresAt: number }> => {
      const now = clock.now();
      const answer = await post(CALL, {
        url: `${this.#authUrl}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: await formOf(secret, now),
        timeoutMs,
      });
      if (answer.status !== 200) throw naverWorksError(CALL, answer, TOKEN_ERRORS);
      const { access_token: token, expires_in: seconds } = read(answer.text);
      return { token, expiresAt: now + seconds * 1000 - SPARE_MS };
    };
    return patiently(ask, this.#patience, (error) => error.retryable);
  }
}

async function formOf(secret: NaverWorksSecret, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
    .setIssuer(secret.clientId)
    .setSubject(secret.serviceAccount)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_SECONDS)
    .sign(createPrivateKey(secret.privateKey));
  return new URLSearchParams({
    assertion,
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_id: secret.clientId,
    client_secret: secret.clientSecret,
    scope: 'bot',
  }).toString();
}

/** RFC 6749 5.2: they come with status 400. */
const TOKEN_ERRORS = ['invalid_client', 'invalid_grant', 'unauthorized_client', 'invalid_scope', 'access_denied'];

/** `expires_in` is written as a string. */
const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

function read(text: string): z.infer<typeof tokenSchema> {
  try {
    return tokenSchema.parse(JSON.parse(text));
  } catch {
    throw new ChatError('unreadable', CALL, { code: 'no_token' });
  }
}
