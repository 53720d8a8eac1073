import * as z from 'zod';
import { backOff, type Chance, chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { Hold, Pause } from '../termination/holds.ts';
import {
  type Admission,
  type AdmissionRequest,
  type AuditLog,
  type AuditRecord,
  type HoldStore,
  type NewsStore,
  type PauseStore,
  type RunStore,
  StoreError,
  type Taken,
} from '../termination/ports/store.ts';
import { jsonFrom } from '../text/json.ts';
import { type AuditEntry, auditEntryFrom, auditItem, auditKeys, seenItem, seenKey } from './audit-item.ts';
import { holdKey } from './hold-item.ts';
import { Holds } from './holds.ts';
import { hashOf, keyOf } from './key.ts';
import { type PauseScope, Pauses } from './pauses.ts';
import { Plans } from './plans.ts';
import { ProcessRuns } from './process-runs.ts';
import { closed, countedServers, decideAdmission, lostBy, type RunEntry, renewed, runsSchema } from './runs.ts';
import { Talk } from './signals.ts';
import { BETWEEN_TRIES, type Condition, type Item, type Table, unreadable } from './table.ts';

/** Every lost race has one winner, so this is enough for that many runs at once. */
const MOST_RACES = 40;
const SAID_SECONDS = 90 * 24 * 60 * 60;
const POLICIES = 'POLICIES';

/** A policy as it was last published. */
export type PublishedPolicy =
  /** Nothing was published at all. */
  | { kind: 'unpublished' }
  | { kind: 'removed' }
  /** As JSON, unchecked. */
  | { kind: 'published'; policy: unknown };

/** All ports of the store in one table of either database. {@link Talk} keeps what concerns one run. */
export class TableStore extends Talk implements HoldStore, PauseStore, RunStore, AuditLog, NewsStore {
  readonly processRuns: ProcessRuns;
  readonly plans: Plans;
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #chance: Chance;
  readonly #holds: Holds;
  readonly #pauses: Pauses;

  constructor(options: { table: Table; clock: Clock; chance?: Chance }) {
    const given = { chance: chance(), ...options };
    super(given);
    this.#clock = given.clock;
    this.#chance = given.chance;
    this.#table = given.table;
    this.processRuns = new ProcessRuns(this.#table, this.#clock);
    this.plans = new Plans(this.#table, this.#clock);
    this.#holds = new Holds(this.#table, this.#clock);
    this.#pauses = new Pauses(this.#table, this.#clock);
  }

  holds(account: string): Promise<Hold[]> {
    return this.#holds.inForce(account);
  }

  async hold(account: string, hold: Hold): Promise<Hold[]> {
    const isKept = await this.#holds.put(account, hold);
    if (isKept) await this.record([this.#said(account, hold, 'hold', hold.by)]);
    return (await this.#holds.of(account, hold.serverInstanceNo)).inForce;
  }

  async letGo(account: string, hold: Pick<Hold, 'serverInstanceNo' | 'serverName' | 'by'>): Promise<void> {
    const { pk, sk } = holdKey(account, hold);
    await this.record([this.#said(account, { ...hold, reason: '' }, 'release', hold.by)]);
    await this.#table.remove(pk, sk);
  }

  /** Returns the holds that were in force, no matter whose. It is written down before it is done. */
  async release(account: string, serverInstanceNo: string, by: string): Promise<Hold[]> {
    const { items, inForce } = await this.#holds.of(account, serverInstanceNo);
    await this.record(inForce.map((hold) => this.#said(account, hold, 'release', by)));
    await this.#remove(items);
    return inForce;
  }

  pauses(account: string, policy: string): Promise<Pause[]> {
    return this.#pauses.concerning(account, policy);
  }

  /** Every pause in force, whatever its scope. */
  allPauses(): Promise<Pause[]> {
    return this.#pauses.inForce();
  }

  /** One for each scope and person. Written down in the audit of the account, `default` if it is about all of them. */
  async pause(pause: Pause): Promise<void> {
    await this.record([this.#paused(pause, 'pause', pause.by)]);
    await this.#pauses.put(pause);
  }

  /** Ends the pauses of exactly this scope, no matter whose, and returns those that were in force. */
  async resume(scope: PauseScope, by: string): Promise<Pause[]> {
    const { items, inForce } = await this.#pauses.of(scope);
    await this.record(inForce.map((pause) => this.#paused({ ...pause, ...scope }, 'resume', by)));
    await this.#remove(items);
    return inForce;
  }

  async countedToday(account: string): Promise<string[]> {
    const { entries } = await this.#runs(account);
    return countedServers(entries, this.#clock.now());
  }

  admit(entry: AdmissionRequest): Promise<Admission> {
    return this.#change(entry.account, (entries) => {
      const { admission, entries: next } = decideAdmission(entries, entry, this.#clock.now());
      return { answer: admission, next };
    });
  }

  renew(run: {
    account: string;
    requestId: string;
    owner: string;
    claimedUntil: number;
  }): Promise<Taken[] | 'forgotten'> {
    return this.#change(run.account, (entries) => ({ answer: lostBy(entries, run), next: renewed(entries, run) }));
  }

  close(account: string, requestId: string, owner: string): Promise<void> {
    return this.#change(account, (entries) => ({ answer: undefined, next: closed(entries, requestId, owner) }));
  }

  /** Policies by name, each as JSON. False if what is there is as new or newer; `force` ignores that. */
  async publish(policies: unknown, builtAt: number, options: { force?: boolean } = {}): Promise<boolean> {
    const parsed = policiesSchema.safeParse(policies);
    if (!parsed.success) throw new StoreError('the policies are not policies by name, as JSON', { passing: false });
    const json = JSON.stringify(parsed.data);
    // The client may repeat a write whose answer was lost; `writer` shows that the stored item is from this write.
    const writer = `${this.#chance()}-${this.#chance()}`;
    const item = { pk: POLICIES, sk: 'current', policies: json, builtAt, writer };
    const unlessNewer: Condition = [
      { is: 'absent' },
      { is: 'below', attribute: 'builtAt', value: builtAt },
      { is: 'equal', attribute: 'writer', value: writer },
    ];
    return this.#table.put(item, 'the policies', options.force === true ? undefined : unlessNewer);
  }

  async policyNow(name: string): Promise<PublishedPolicy> {
    const item = await this.#table.get(POLICIES, 'current');
    if (item === undefined) return { kind: 'unpublished' };
    const policies = publishedSchema.safeParse(item['policies']);
    if (!policies.success) return unreadable('the policies', this.#table);
    const policy = new Map(Object.entries(policies.data)).get(name);
    return policy === undefined ? { kind: 'removed' } : { kind: 'published', policy };
  }

  async isNews(account: string, news: { subject: string; content: string; requestId: string }): Promise<boolean> {
    const { subject, requestId } = news;
    const now = Math.floor(this.#clock.now() / 1000);
    const key = { pk: `${account}#SAID`, sk: keyOf(subject) };
    const item = { ...key, said: hashOf(news.content), requestId, expiresAt: now + SAID_SECONDS };
    return this.#table.put(item, `what was said of ${subject.slice(0, 100)}`, [
      { is: 'absent' },
      { is: 'different', attribute: 'said', value: item.said },
      { is: 'at-most', attribute: 'expiresAt', value: now },
      { is: 'equal', attribute: 'requestId', value: requestId },
    ]);
  }

  async record(records: readonly AuditRecord[]): Promise<void> {
    await this.#table.putAll([...records.map(auditItem), ...records.flatMap(seenItem)], 'the audit');
  }

  async known(account: string, serverInstanceNos: readonly string[]): Promise<string[]> {
    const known: string[] = [];
    for (const no of serverInstanceNos) {
      if ((await this.#table.get(seenKey(account), no)) !== undefined) known.push(no);
    }
    return known;
  }

  /** What was written down from `from` up to, but not including, `to` (milliseconds since the epoch), oldest first. */
  async *audit(
    account: string,
    options: { from: number; to: number; serverInstanceNo?: string },
  ): AsyncGenerator<AuditEntry> {
    const between = [new Date(options.from).toISOString(), new Date(options.to).toISOString()] as const;
    for (const key of auditKeys(account, options)) {
      for await (const item of this.#table.query(key, between)) {
        const record = auditEntryFrom(item);
        if (record.serverInstanceNo === (options.serverInstanceNo ?? record.serverInstanceNo)) yield record;
      }
    }
  }

  /** The store is not used afterwards. */
  disconnect(): void {
    this.#table.close();
  }

  /** Read, decide, and write if nobody else has written meanwhile; otherwise begin again. */
  async #change<T>(
    account: string,
    decide: (entries: readonly RunEntry[]) => { answer: T; next: RunEntry[] | undefined },
  ): Promise<T> {
    for (let tries = 1; tries <= MOST_RACES; tries += 1) {
      const { version, entries } = await this.#runs(account);
      const { answer, next } = decide(entries);
      if (next === undefined || (await this.#write(account, version, next))) return answer;
      await this.#clock.sleep(backOff(tries, BETWEEN_TRIES, this.#chance));
    }
    const who = `${MOST_RACES} times other runs of account ${account} were faster`;
    throw new StoreError(`${this.#table.name}: ${who}; try again later`, { passing: true });
  }

  async #runs(account: string): Promise<{ version: number; entries: RunEntry[] }> {
    const item = await this.#table.get(...runsKey(account));
    if (item === undefined) return { version: 0, entries: [] };
    const runs = runsSchema.safeParse(item);
    if (!runs.success) return unreadable(`the count of the day of account ${account}`, this.#table);
    return runs.data;
  }

  #write(account: string, version: number, entries: RunEntry[]): Promise<boolean> {
    const [pk, sk] = runsKey(account);
    const item = { pk, sk, version: version + 1, entries };
    const what = `the runs of the last 24 hours in account ${account}`;
    const unchanged: Condition =
      version === 0 ? [{ is: 'absent' }] : [{ is: 'equal', attribute: 'version', value: version }];
    return this.#table.put(item, what, unchanged);
  }

  /** Only what was read: what somebody has said since stays. */
  async #remove(items: readonly Item[]): Promise<void> {
    for (const { pk, sk } of items) await this.#table.remove(pk, sk);
  }

  #paused({ account, policy, reason }: Pause, what: 'pause' | 'resume', by: string): AuditRecord {
    const at = new Date(this.#clock.now()).toISOString();
    const nothing = { trigger: '', guard: '', serverInstanceNo: '', serverName: '' };
    const requestId = `${what}-${policy || account || 'everything'}`;
    return {
      at,
      account: account || 'default',
      requestId,
      sequence: 1,
      policy,
      requestedBy: by,
      what,
      reason: reason === '' ? null : { code: 'said', reason },
      ...nothing,
    };
  }

  #said(
    account: string,
    hold: Pick<Hold, 'serverInstanceNo' | 'serverName' | 'reason'>,
    what: 'hold' | 'release',
    by: string,
  ): AuditRecord {
    const { serverInstanceNo, serverName, reason } = hold;
    const at = new Date(this.#clock.now()).toISOString();
    const nothing = { policy: '', trigger: '', guard: '' };
    const requestId = `${what}-${serverInstanceNo}`;
    return {
      at,
      account,
      requestId,
      sequence: 1,
      requestedBy: by,
      serverInstanceNo,
      serverName,
      what,
      reason: reason === '' ? null : { code: 'said', reason },
      ...nothing,
    };
  }
}

const policiesSchema = z.record(z.string(), z.json());

const publishedSchema = z.string().transform(jsonFrom).pipe(policiesSchema);

function runsKey(account: string): [pk: string, sk: string] {
  return [`${account}#RUNS`, 'today'];
}
