/** What each language has to provide; the compiler names what is missing. */

import type { Closed } from '../calendar/window.ts';
import type { ActionName } from '../termination/actions.ts';
import type { CallIds } from '../termination/failure.ts';
import type { OverLimit, Reason, ReasonCode, Reasons, TimeProblem } from '../termination/reasons.ts';
import { personInWords } from '../termination/signals.ts';

/** What sentences are put together with. */
export interface Say {
  /** An instant, RFC 3339 in UTC. */
  time: (at: string) => string;
  /** A reason within another one. */
  reason: (reason: Reason) => string;
  closed: (why: Closed) => string;
}

export type Sentences = { readonly [Code in ReasonCode]: (args: Reasons[Code], say: Say) => string };

export interface Words {
  reasons: Sentences;
  actions: Record<ActionName, string>;
  /** Of several limits all of them. */
  overLimits: (limits: readonly OverLimit[]) => string;
  /** `1 person above 5 servers, 2 people above 20 servers`. */
  mustAgree: (approval: { aboveServers: number; twoAboveServers: number | null }) => string;
  closed: (why: Closed) => string;
  /** What is wrong with the text, and what was expected. */
  timeProblem: (problem: TimeProblem) => string;
}

/** `김하나 (slack:U012)`. */
export function who({ name, by }: { name: string; by: string }): string {
  return personInWords(by, name);
}

/** A tag as it is written on the server: `"TTL" (7d)`. */
export function written({ name, value }: { name: string; value: string }): string {
  return `${JSON.stringify(name)} (${value})`;
}

/** Those that NCP gave, each under its name. */
export function idsIn(ids: CallIds, names: Readonly<Record<keyof CallIds, string>>): string {
  const given = (['requestId', 'traceId'] as const).filter((id) => ids[id] !== '');
  return given.map((id) => `${names[id]} ${ids[id]}`).join(', ');
}

/** What a person gave as the reason, behind a colon; empty where they gave none. */
export function because(reason: string): string {
  return reason === '' ? '' : `: ${reason}`;
}
