/**
 * Runs of processes that may die: the request, the process that carries it out, and the answers of its steps. A
 * later process resumes the run from there.
 */

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { StoreError } from '../termination/ports/store.ts';
import type { TerminationRequest } from '../termination/request.ts';
import { keyOf } from './key.ts';
import { type Item, type Table, unreadable } from './table.ts';

export interface ProcessRun {
  request: TerminationRequest;
  /** The plan that somebody agreed to; empty: whatever it is. */
  agreedHash: string;
  /** Absolute path of the policies file; perhaps there is none. */
  policiesFile: string;
  process: ProcessId;
  /** Milliseconds since the epoch: when the process was last known to be alive. */
  aliveAt: number;
  /** How many processes have resumed it so far. */
  takes: number;
}

/** Tells a process from every other one, as long as it is alive and afterwards. */
export interface ProcessId {
  /** The machine and its last boot; process numbers are unique only within it. */
  place: string;
  user: string;
  pid: number;
  /** When the process started, as its machine reports it; empty if it does not. */
  startedAt: string;
}

const KEPT_SECONDS = 60 * 24 * 60 * 60;

const processSchema = z.object({ place: z.string(), user: z.string(), pid: z.int(), startedAt: z.string() });

const runSchema = z.object({
  request: z.custom<TerminationRequest>((value) => isRequest.safeParse(value).success),
  agreedHash: z.string(),
  policiesFile: z.string(),
  process: processSchema,
  aliveAt: z.number(),
  takes: z.number(),
});

/** Enough to recognize a request; it was checked before it was written. */
const isRequest = z.looseObject({ requestId: z.string(), account: z.string(), mode: z.literal('terminate') });

export class ProcessRuns {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** A run is written down before it does anything. */
  async begin(run: ProcessRun): Promise<void> {
    const isNew = await this.#table.put(this.#item(run), whatOf(run), [{ is: 'absent' }]);
    if (!isNew) throw new StoreError(`${whatOf(run)} was begun already`, { passing: false });
  }

  /** Those that have not ended, the oldest first. */
  async unfinished(account: string): Promise<ProcessRun[]> {
    const runs: ProcessRun[] = [];
    for await (const item of this.#table.query(runsKey(account))) {
      const run = runSchema.safeParse(item);
      runs.push(run.success ? run.data : unreadable(`run ${item.sk} of this machine`, this.#table));
    }
    return runs.toSorted((a, b) => a.request.requestId.localeCompare(b.request.requestId));
  }

  /** The same run, carried out by another process from now on; undefined if some process was faster. */
  async take(run: ProcessRun, process: ProcessId): Promise<ProcessRun | undefined> {
    const taken = { ...run, process, aliveAt: this.#clock.now(), takes: run.takes + 1 };
    return (await this.#putOf(run, taken)) ? taken : undefined;
  }

  /** Throws if another process has taken it: this one must not go on. */
  async stayAlive(run: ProcessRun): Promise<void> {
    if (await this.#putOf(run, { ...run, aliveAt: this.#clock.now() })) return;
    throw new StoreError(`another process goes on with run ${run.request.requestId}`, { passing: false });
  }

  /** The answers of its steps, as JSON, by step name. */
  async answers(requestId: string): Promise<Map<string, string>> {
    const answers = new Map<string, string>();
    for await (const item of this.#table.query(answersKey(requestId))) {
      const { answer } = item;
      if (typeof answer !== 'string') return unreadable(`step ${item.sk} of run ${requestId}`, this.#table);
      answers.set(item.sk, answer);
    }
    return answers;
  }

  async remember(requestId: string, step: string, answer: string): Promise<void> {
    const item = { pk: answersKey(requestId), sk: step, answer, expiresAt: this.#expiresAt() };
    await this.#table.put(item, `step ${step} of run ${requestId}`);
  }

  /** No process resumes it. */
  async end({ request }: ProcessRun): Promise<void> {
    const { account, requestId } = request;
    await this.#table.remove(runsKey(account), keyOf(requestId));
    for (const step of (await this.answers(requestId)).keys()) await this.#table.remove(answersKey(requestId), step);
  }

  /** Unless another process has taken it since it was read. */
  #putOf(before: ProcessRun, run: ProcessRun): Promise<boolean> {
    const isStill = { is: 'equal', attribute: 'owner', value: ownerOf(before.process) } as const;
    return this.#table.put(this.#item(run), whatOf(run), [isStill]);
  }

  #item(run: ProcessRun): Item {
    const { account, requestId } = run.request;
    const key = { pk: runsKey(account), sk: keyOf(requestId) };
    return { ...key, ...run, owner: ownerOf(run.process), expiresAt: this.#expiresAt() };
  }

  #expiresAt(): number {
    return Math.floor(this.#clock.now() / 1000) + KEPT_SECONDS;
  }
}

function ownerOf({ place, user, pid, startedAt }: ProcessId): string {
  return JSON.stringify([place, user, pid, startedAt]);
}

function whatOf({ request }: ProcessRun): string {
  return `run ${request.requestId}`;
}

function runsKey(account: string): string {
  return `${account}#PROCESS-RUNS`;
}

function answersKey(requestId: string): string {
  return `STEPS#${keyOf(requestId)}`;
}
