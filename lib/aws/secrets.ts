import type { ZodType } from 'zod';
import type { Clock } from '../clock.ts';
import { SecretError, secretErrorFrom } from './secret-error.ts';
import { exampleOf, parseSecret } from './secret-schemas.ts';

/** Failed authentications come in bursts, one for each call in flight, and share one fresh read. */
const FRESH_SHARED_MS = 5_000;

/** Asks Secrets Manager, which answers without a string where the secret is binary. */
export type AskSecret = (secretId: string) => Promise<{ SecretString?: string | undefined }>;

interface Entry {
  loadedAt: number;
  fresh: boolean;
  text: Promise<string>;
}

/**
 * JSON secrets from AWS Secrets Manager, remembered for a few minutes.
 *
 * Age is checked when a secret is asked for. There is no timer: a timer would fire in the middle of a later
 * invocation, or never, because Lambda freezes the process between invocations.
 */
export class SecretStore {
  readonly #ask: AskSecret;
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(options: { ask: AskSecret; clock: Clock; ttlMs?: number }) {
    this.#ask = options.ask;
    this.#clock = options.clock;
    this.#ttlMs = options.ttlMs ?? 5 * 60_000;
  }

  /** The secret as `schema` describes it, from memory when it was loaded less than `ttlMs` ago. Throws SecretError. */
  async read<T>(secretId: string, schema: ZodType<T>): Promise<T> {
    const entry = this.#entries.get(secretId);
    const usable = entry !== undefined && this.#isYounger(entry, this.#ttlMs);
    return parseSecret(secretId, await (usable ? entry : this.#load(secretId, schema, false)).text, schema);
  }

  /** The same, but not from memory: for keys that were refused and may have been rotated. */
  async readFresh<T>(secretId: string, schema: ZodType<T>): Promise<T> {
    const entry = this.#entries.get(secretId);
    const usable = entry?.fresh === true && this.#isYounger(entry, FRESH_SHARED_MS);
    return parseSecret(secretId, await (usable ? entry : this.#load(secretId, schema, true)).text, schema);
  }

  #isYounger(entry: Entry, ageMs: number): boolean {
    const age = this.#clock.now() - entry.loadedAt;
    return age >= 0 && age < ageMs; // after a clock was set back an entry is old, not fresh for ever
  }

  #load(secretId: string, schema: ZodType, fresh: boolean): Entry {
    const text = this.#fetch(secretId, exampleOf(schema));
    const entry = { loadedAt: this.#clock.now(), fresh, text };
    this.#entries.set(secretId, entry);
    text.catch(() => {
      // A failure is not remembered: the next reader looks again. A newer entry is left alone.
      if (this.#entries.get(secretId) === entry) this.#entries.delete(secretId);
    });
    return entry;
  }

  async #fetch(secretId: string, example: string): Promise<string> {
    const answer = await this.#ask(secretId).catch((error: unknown) => {
      throw secretErrorFrom(error, secretId, example);
    });
    if (answer.SecretString !== undefined) return answer.SecretString;
    throw new SecretError('malformed', `secret ${secretId} is binary; expected a JSON string such as ${example}`);
  }
}
