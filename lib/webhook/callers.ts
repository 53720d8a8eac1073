import { textOf } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';
import { verifiedCaller } from './verify.ts';

/** Who may call: an entry of `callers` in policies.yml. */
interface Caller {
  /** Secrets Manager name of its keys. */
  secret: string;
  /** Policies that it may request. */
  policies: readonly string[];
}

export interface Authenticated {
  caller: string;
  webhookId: string;
  /** The body, as it was signed. */
  text: string;
  policies: readonly string[];
}

export interface CallerBook {
  callers: Readonly<Record<string, Caller>>;
  /** The keys of a secret. */
  keysOf: (secret: string) => Promise<readonly string[]>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** Called for keys that could not be read. */
  onUnread: (error: unknown) => void;
}

/**
 * The caller that signed this request. Throws a 401 that does not say what is wrong. If keys could not be read and no other
 * key fits, throws the first failure, because a missing key may be the right one.
 */
export async function authenticate(request: HttpRequest, book: CallerBook): Promise<Authenticated> {
  const text = textOf(request);
  const { keys, failures } = await readKeys(book);
  const verified = verifiedCaller({ headers: request.headers, text }, keys, book.now());
  if (verified !== undefined) {
    return { ...verified, text, policies: book.callers[verified.caller]?.policies ?? [] };
  }
  if (failures.length > 0) throw failures[0];
  throw new HttpProblem(401, 'the request is not signed by a known caller, or not within five minutes of now');
}

async function readKeys({ callers, keysOf, onUnread }: CallerBook): Promise<{
  keys: Map<string, readonly string[]>;
  failures: unknown[];
}> {
  const names = Object.keys(callers);
  const read = await Promise.allSettled(names.map((name) => keysOf(callers[name]?.secret ?? '')));
  const failures = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  failures.forEach(onUnread);
  const keys = new Map(
    read.flatMap((one, index) => (one.status === 'fulfilled' ? [[names[index] ?? '', one.value] as const] : [])),
  );
  return { keys, failures };
}
