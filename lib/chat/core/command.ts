import type { Verb } from './commands-words.ts';

export type ParsedCommand =
  /** Names are globs, each once, 1 to 50 of them; `policy` and `reason` are empty where nobody gave them. */
  | { kind: 'plan' | 'terminate'; names: string[]; policy: string; reason: string }
  /** RFC 3339 in UTC; empty: until somebody releases it. */
  | { kind: 'keep'; names: string[]; policy: string; until: string; reason: string }
  | { kind: 'why' | 'release'; names: string[]; policy: string; reason: string }
  | { kind: 'holds' | 'next' }
  /** Of the one policy that may be used here, where none is named. */
  | { kind: 'pause'; policy: string; until: string; reason: string }
  | { kind: 'resume'; policy: string }
  /** Empty: the runs that this chat knows. */
  | { kind: 'status'; requestId: string }
  | { kind: 'cancel'; requestId: string; reason: string }
  | { kind: 'help' }
  | WrongCommand;

export interface WrongCommand {
  kind: 'wrong';
  problem: Problem;
  /** What it is about, on one line; may be empty. */
  quoted: string;
  /** The command that was probably meant; empty where nobody can tell. */
  suggestion: string;
  /** A right command. */
  example: string;
}

export type Problem =
  | 'unknown-command'
  /** A command word among the names. */
  | 'stray-command'
  | 'no-names'
  /** `do not terminate dev-1`. */
  | 'negated'
  | 'too-many-names'
  | 'long-name'
  | 'no-policy'
  | 'no-id'
  | 'one-id'
  | 'no-reason'
  | 'long-reason'
  | 'reason-first'
  | 'bad-time'
  | 'bad-date'
  | 'two-times'
  | 'past-time'
  /** An unquoted name ends like a question or a sentence, or may be formatted text. */
  | 'ends-in-mark'
  /** Somebody wants to approve or reject by a command. */
  | 'decision'
  | 'unclosed-quote'
  | 'too-long';

export interface CommandContext {
  /** Milliseconds since the epoch, and the IANA zone in which dates are meant. */
  now: number;
  timezone: string;
  /** Where nothing but the text says that banap is meant (no slash command before it): bare names do nothing there. */
  needsVerb?: boolean;
}

export type Wrong = (problem: Problem, quoted: string, verb?: Verb, suggestion?: string) => WrongCommand;
