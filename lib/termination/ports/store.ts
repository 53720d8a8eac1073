import type { Failure, FailureKind } from '../failure.ts';
import type { Hold, Pause } from '../holds.ts';
import type { Reason } from '../reasons.ts';
import type { Signal } from '../signals.ts';
import type { RunView } from '../status/run-view.ts';

/*
 * The store, as one port for each kind of thing that it keeps. `lib/store/store.ts` implements all of them in one table of
 * DynamoDB or SQLite. Every method throws a {@link StoreError} when it could not read or write; then nobody acts. A method
 * `remember…` keeps the first value, for 60 days.
 */

/** Some ports. Without a store (only on the command line), nothing that they would tell is known. */
export interface Stored<Ports> {
  store?: Ports | undefined;
}

export interface HoldStore {
  /** Holds in force in this account, those that are over left out. */
  holds(account: string): Promise<Hold[]>;

  /**
   * One hold for each person and server. Nobody changes another person's hold; only `release` ends it. A newer hold of
   * the same person stays. Returns those that are in force on the server now, the longest first.
   */
  hold(account: string, hold: Hold): Promise<Hold[]>;

  /** Ends this very hold of this very holder, and nobody else's. */
  letGo(account: string, hold: Pick<Hold, 'serverInstanceNo' | 'serverName' | 'by'>): Promise<void>;
}

export interface PauseStore {
  /** Pauses in force that concern runs of this policy (empty: without one) in this account; those that are over left out. */
  pauses(account: string, policy: string): Promise<Pause[]>;
}

/** Who may set pauses and end them. A scope is an account and a policy, either of them empty: all of them. */
export interface PauseKeeper {
  /** Every pause in force, whatever its scope. */
  allPauses(): Promise<Pause[]>;

  /** One for each scope and person. */
  pause(pause: Pause): Promise<void>;

  /** Ends the pauses of exactly this scope, no matter whose, and returns those that were in force. */
  resume(scope: Pick<Pause, 'account' | 'policy'>, by: string): Promise<Pause[]>;
}

/** Which runs have begun, which execution owns each, what they claim, and which servers count. */
export interface RunStore {
  /** Returns the owner that is kept: the first execution that asked. */
  rememberOwner(requestId: string, owner: string): Promise<string>;

  ownerOf(requestId: string): Promise<string | undefined>;

  /** Servers counted in this account in the 24 hours that end now, each once. */
  countedToday(account: string): Promise<string[]>;

  /**
   * Let a run begin: count its servers and claim them for it, in one conditional write. Called again by the same owner
   * under the same requestId it gives the same answer and counts nothing twice.
   */
  admit(entry: AdmissionRequest): Promise<Admission>;

  /**
   * The run is alive: its servers stay claimed until then (milliseconds since the epoch), without those that another run has
   * got since its claim had ended, which are returned. `forgotten`: it was silent for so long that nobody knows any more which
   * of them another run has got.
   */
  renew(run: {
    account: string;
    requestId: string;
    owner: string;
    claimedUntil: number;
  }): Promise<Taken[] | 'forgotten'>;

  /** The run is over: its servers are no longer claimed; they stay counted until the day is over. */
  close(account: string, requestId: string, owner: string): Promise<void>;
}

/** What people say to a run, and how it is woken to hear it. */
export interface SignalStore {
  /** True the first time; the same kind of signal of the same person about the same plan is kept once, as it was first said. */
  say(requestId: string, signal: Signal): Promise<boolean>;

  /** All signals to a run until now, oldest first. One that cannot be read is an error: it may be a rejection. */
  signals(requestId: string): Promise<Signal[]>;

  /** By which id the run is woken (see `Engine.sleep`), until it is replaced. */
  putWake(requestId: string, wakeId: string): Promise<void>;

  /** Undefined: it never slept. The id may be of a sleep that is over. */
  wakeIdOf(requestId: string): Promise<string | undefined>;
}

export interface ViewStore {
  /**
   * Let others see where a run is; its latest view replaces the one before. What does not fit is cut: reasons first, then
   * what needs attention and what people said. Kept for 60 days.
   */
  putView(view: RunView): Promise<void>;

  view(requestId: string): Promise<RunView | undefined>;

  /**
   * Of the runs of an account, or of these policies in it, that began last, the last one first. Cards that cannot be read
   * are left out. Runs of policies are looked for among the last 500 of the account.
   */
  views(account: string, options: { limit: number; policies?: readonly string[] }): Promise<RunView[]>;
}

export interface AuditLog {
  /** Write down decisions. The same record twice is one record. */
  record(records: readonly AuditRecord[]): Promise<void>;

  /** Those of these servers that were seen in this account before: some plan had them, with their names. */
  known(account: string, serverInstanceNos: readonly string[]): Promise<string[]>;
}

/** What was reported before. */
export interface NewsStore {
  /**
   * True the first time that this is recorded for this subject, and for the same request again; false when it was said by
   * another one already and nothing else since.
   */
  isNews(account: string, news: { subject: string; content: string; requestId: string }): Promise<boolean>;
}

/** Where a run was asked for, for example `webhook:ci` or `slack:C01`. It says who may see the run until there is a view. */
export interface OriginStore {
  rememberOrigin(requestId: string, origin: string): Promise<void>;
  originOf(requestId: string): Promise<string | undefined>;
}

export interface DeliveryStore {
  /** Whether this delivery was taken before; `other`: one of the same id with other content. */
  seen(delivery: Delivery): Promise<'new' | 'again' | 'other'>;
}

/** The message that shows a run. `room`: unique among all chats, for example `slack:C01`. */
export interface MessageStore {
  /** Returns the message that is kept: the first. */
  rememberMessage(requestId: string, room: string, messageId: string): Promise<string>;
  messageOf(requestId: string, room: string): Promise<string | undefined>;
}

/** What was sent to a chat and must not be sent again. */
export interface SentStore {
  rememberSent(sent: Sent): Promise<void>;
  wasSent(sent: Sent): Promise<boolean>;
}

export interface Sent {
  /** The id of a run or of a chat request. */
  about: string;
  /** The room or person, and what they were sent, for example `slack:C01#notice 2026-11-23T12:00:00Z`. */
  what: string;
}

/** Something that came in from outside, perhaps not for the first time. */
export interface Delivery {
  /** Where it came from, for example `webhook:ci` or `slack`. */
  channel: string;
  /** As its sender calls it, and again when it sends it again. */
  id: string;
  /** All of it, for example the body; only its hash is kept. */
  content: string;
  /** For how long another of this id is the same one. Whole seconds. */
  ttlSeconds: number;
}

export interface AdmissionRequest {
  account: string;
  requestId: string;
  /** The execution or process that asks: the same event delivered twice has two owners and one requestId. */
  owner: string;
  servers: readonly string[];
  /** Milliseconds since the epoch; a claim that nobody closed ends then. */
  claimedUntil: number;
  /**
   * Why the run may not begin, or null. Given the servers it would get and all those counted in the last day, these
   * included, each once. Pure: it may be asked more than once.
   */
  refusal: (mine: readonly string[], today: readonly string[]) => Reason | null;
}

/** A server that another run is at. `until`: when its claim ends, should it not be renewed. */
export interface Taken {
  serverInstanceNo: string;
  requestId: string;
  since: string;
  until: string;
}

export type Admission =
  /** `taken` are neither counted nor claimed. */
  | { kind: 'admitted'; taken: Taken[] }
  | { kind: 'refused'; reason: Reason }
  /** Another execution has begun under this requestId, now or within the last day. */
  | { kind: 'duplicate'; owner: string; since: string };

/** One decision about one server, or (without a number) about a run as a whole. */
export interface AuditRecord {
  /** RFC 3339 in UTC. */
  at: string;
  account: string;
  requestId: string;
  /** Tells the records of one run apart: unique within it, the same on a repetition. */
  sequence: number;
  policy: string;
  trigger: string;
  requestedBy: string;
  serverInstanceNo: string;
  serverName: string;
  /** `plan` before anything was done, otherwise the action or the outcome. */
  what: string;
  guard: string;
  /** Null if `what` says everything. */
  reason: Reason | null;
}

interface StoreErrorOptions {
  passing: boolean;
  kind?: FailureKind;
  /** The table, file or policy. */
  of?: string;
  /** Of the error, as DynamoDB, SQLite or the system calls it. */
  code?: string;
  cause?: unknown;
}

/** The table could not be read or written. */
export class StoreError extends Error {
  /** Whether asking again later may help: throttled, unreachable. */
  readonly passing: boolean;
  readonly failure: Failure;

  constructor(message: string, options: StoreErrorOptions) {
    super(message, { cause: options.cause });
    const { passing, kind = passing ? 'not-now' : 'unusable', of = '', code = '' } = options;
    this.name = 'StoreError';
    this.passing = passing;
    this.failure = { kind, of, code, message };
  }
}
