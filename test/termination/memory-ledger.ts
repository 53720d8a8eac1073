import type { Clock } from '../../lib/clock.ts';
import { closed, countedServers, decideAdmission, type RunEntry, renewed } from '../../lib/store/runs.ts';
import type { Admission, AdmissionRequest, Delivery, Hold, Ledger, Pause } from '../../lib/termination/ledger.ts';
import type { RunCard } from '../../lib/termination/run-card.ts';
import type { Word } from '../../lib/termination/words.ts';

/** A ledger in this process, for tests that live through thousands of runs; the real ones have tests of their own. */
export class MemoryLedger implements Ledger {
  readonly #clock: Clock;
  readonly #holds = new Map<string, Hold>();
  readonly #pauses: Pause[] = [];
  readonly #words: { requestId: string; word: Word }[] = [];
  readonly #cards = new Map<string, RunCard>();
  readonly #kept = new Map<string, string>();
  #entries: readonly RunEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hold(hold: Hold): void {
    this.#holds.set(`${hold.serverInstanceNo} ${hold.by}`, hold);
  }

  release(serverInstanceNo: string): void {
    for (const [key, hold] of this.#holds) {
      if (hold.serverInstanceNo === serverInstanceNo) this.#holds.delete(key);
    }
  }

  holds(): Promise<Hold[]> {
    const now = this.#clock.now();
    return Promise.resolve([...this.#holds.values()].filter(({ until }) => until === '' || Date.parse(until) > now));
  }

  pause(pause: Pause): void {
    this.#pauses.push(pause);
  }

  pauses(): Promise<Pause[]> {
    return Promise.resolve([...this.#pauses]);
  }

  known(): Promise<string[]> {
    return Promise.resolve([]);
  }

  countedToday(): Promise<string[]> {
    return Promise.resolve(countedServers(this.#entries, this.#clock.now()));
  }

  admit(entry: AdmissionRequest): Promise<Admission> {
    const { admission, entries } = decideAdmission(this.#entries, entry, this.#clock.now());
    this.#entries = entries ?? this.#entries;
    return Promise.resolve(admission);
  }

  renew(run: Parameters<Ledger['renew']>[0]): Promise<void> {
    this.#entries = renewed(this.#entries, run) ?? this.#entries;
    return Promise.resolve();
  }

  close(_account: string, requestId: string, owner: string): Promise<void> {
    this.#entries = closed(this.#entries, requestId, owner) ?? this.#entries;
    return Promise.resolve();
  }

  isNews(_account: string, { subject, said }: { subject: string; said: string }): Promise<boolean> {
    return Promise.resolve(this.#isChanged(`news ${subject}`, said));
  }

  record(): Promise<void> {
    return Promise.resolve();
  }

  putCard(card: RunCard): Promise<void> {
    this.#cards.set(card.requestId, structuredClone(card));
    return Promise.resolve();
  }

  card(requestId: string): Promise<RunCard | undefined> {
    return Promise.resolve(this.#cards.get(requestId));
  }

  cards(): Promise<RunCard[]> {
    return Promise.resolve([...this.#cards.values()].toReversed());
  }

  say(requestId: string, word: Word): Promise<boolean> {
    const isSame = ({ requestId: to, word: { kind, by, planHash } }: { requestId: string; word: Word }): boolean =>
      to === requestId && kind === word.kind && by === word.by && planHash === word.planHash;
    if (this.#words.some(isSame)) return Promise.resolve(false);
    this.#words.push({ requestId, word });
    return Promise.resolve(true);
  }

  words(requestId: string): Promise<Word[]> {
    return Promise.resolve(this.#words.filter((one) => one.requestId === requestId).map(({ word }) => word));
  }

  putWake(requestId: string, wakeId: string): Promise<void> {
    this.#kept.set(`wake ${requestId}`, wakeId);
    return Promise.resolve();
  }

  wakeIdOf(requestId: string): Promise<string | undefined> {
    return Promise.resolve(this.#kept.get(`wake ${requestId}`));
  }

  seen({ channel, id, said }: Delivery): Promise<'new' | 'again' | 'other'> {
    const key = `delivery ${channel} ${id}`;
    const before = this.#kept.get(key);
    if (before === undefined) this.#kept.set(key, said);
    return Promise.resolve(before === undefined ? 'new' : before === said ? 'again' : 'other');
  }

  messageOf(requestId: string, channel: string): Promise<string | undefined> {
    return Promise.resolve(this.#kept.get(`message ${requestId} ${channel}`));
  }

  rememberMessage(requestId: string, channel: string, id: string): Promise<string> {
    const key = `message ${requestId} ${channel}`;
    const kept = this.#kept.get(key) ?? id;
    this.#kept.set(key, kept);
    return Promise.resolve(kept);
  }

  #isChanged(key: string, said: string): boolean {
    const before = this.#kept.get(key);
    this.#kept.set(key, said);
    return before !== said;
  }
}
