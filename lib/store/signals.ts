import { type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { type Delivery, StoreError } from '../termination/ports/store.ts';
import { signalSchema } from '../termination/signal-schema.ts';
import type { Signal } from '../termination/signals.ts';
import type { RunView } from '../termination/status/run-view.ts';
import { hashOf, keyOf } from './key.ts';
import { inOrder, SIGNALS, signalFrom, signalItem } from './signal-item.ts';
import { type Condition, type Item, type Table, unreadable } from './table.ts';
import { CARD, indexItem, indexKey, runsIn, viewFrom, viewItem } from './view-item.ts';

/** No run lives longer: see `executionTimeout` in serverless.yml. */
const KEPT_SECONDS = 60 * 24 * 60 * 60;
const WAKE = 'WAKE';
/** How many index entries are searched for runs of some policies; each has a few hundred bytes. */
const MOST_LOOKED_THROUGH = 500;
/** Another write can come in between only if an item expired. */
const MOST_TRIES = 3;

/** What runs and people exchange: views, signals, wake-ups, messages, and accepted deliveries. */
export class Talk {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(table: Table, clock: Clock, chance: Chance) {
    this.#table = table;
    this.#clock = clock;
    this.#chance = chance;
  }

  async putView(view: RunView): Promise<void> {
    const expiresAt = this.#nowSeconds() + KEPT_SECONDS;
    const items = [viewItem(runKey(view.requestId), view, expiresAt), indexItem(view, expiresAt)];
    await this.#table.putAll(items, `the view of run ${view.requestId}`);
  }

  async view(requestId: string): Promise<RunView | undefined> {
    const item = await this.#table.get(runKey(requestId), CARD);
    return item === undefined ? undefined : (viewFrom(item) ?? unreadable(`the view of run ${requestId}`, this.#table));
  }

  async views(
    account: string,
    { limit, policies }: { limit: number; policies?: readonly string[] },
  ): Promise<RunView[]> {
    const entries = await this.#table.last(indexKey(account), policies === undefined ? limit : MOST_LOOKED_THROUGH);
    const ids = runsIn(entries, policies).slice(0, limit);
    const items = await Promise.all(ids.map((id) => this.#table.get(runKey(id), CARD)));
    const views = items.flatMap((item) => (item === undefined ? [] : (viewFrom(item) ?? [])));
    return views.filter((view) => policies?.includes(view.policy) ?? true);
  }

  async say(requestId: string, signal: Signal): Promise<boolean> {
    const what = `what ${signal.by.slice(0, 100)} said to run ${requestId}`;
    // One that nobody can read would keep the run from acting forever.
    if (!signalSchema.safeParse(signal).success)
      throw new StoreError(`${what} is no signal to a run`, { passing: false });
    const key = { pk: runKey(requestId), who: keyOf(signal.by) };
    return this.#putOnce(signalItem(key, signal, this.#nowSeconds() + KEPT_SECONDS), what);
  }

  async signals(requestId: string): Promise<Signal[]> {
    const signals: Signal[] = [];
    for await (const item of this.#table.query(runKey(requestId), SIGNALS)) {
      signals.push(signalFrom(item) ?? unreadable(`what somebody said to run ${requestId}`, this.#table));
    }
    return inOrder(signals);
  }

  async putWake(requestId: string, wakeId: string): Promise<void> {
    const item = { pk: runKey(requestId), sk: WAKE, wakeId, expiresAt: this.#nowSeconds() + KEPT_SECONDS };
    await this.#table.put(item, `how to wake run ${requestId}`);
  }

  async wakeIdOf(requestId: string): Promise<string | undefined> {
    const item = await this.#table.get(runKey(requestId), WAKE);
    return item === undefined ? undefined : this.#textIn(item, 'wakeId', `how to wake run ${requestId}`);
  }

  async seen({ channel, id, said, ttlSeconds }: Delivery): Promise<'new' | 'again' | 'other'> {
    const now = this.#nowSeconds();
    const key = { pk: `SEEN#${channel}`, sk: keyOf(id) };
    const item = { ...key, said: hashOf(said), expiresAt: now + ttlSeconds };
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      if (await this.#putOnce(item, `delivery ${id.slice(0, 100)} of ${channel}`, now)) return 'new';
      const before = await this.#table.get(key.pk, key.sk);
      if (before !== undefined) return before['said'] === item.said ? 'again' : 'other';
    }
    return 'again';
  }

  async messageOf(requestId: string, channel: string): Promise<string | undefined> {
    const item = await this.#table.get(runKey(requestId), messageKey(channel));
    return item === undefined ? undefined : this.#textIn(item, 'message', `the message of run ${requestId}`);
  }

  async rememberMessage(requestId: string, channel: string, id: string): Promise<string> {
    const key = { pk: runKey(requestId), sk: messageKey(channel) };
    const item = { ...key, message: id, expiresAt: this.#nowSeconds() + KEPT_SECONDS };
    if (await this.#putOnce(item, `the message of run ${requestId}`)) return id;
    return (await this.messageOf(requestId, channel)) ?? id;
  }

  /**
   * True if there was no item under this key, or (given `now`) only an expired one. The client may repeat a write
   * whose answer was lost; `writer` shows that the stored item is from this write.
   */
  #putOnce(item: Item, what: string, now?: number): Promise<boolean> {
    const writer = `${this.#chance()}-${this.#chance()}`;
    const condition: Condition = [
      { is: 'absent' },
      { is: 'equal', attribute: 'writer', value: writer },
      ...(now === undefined ? [] : [{ is: 'at-most', attribute: 'expiresAt', value: now } as const]),
    ];
    return this.#table.put({ ...item, writer }, what, condition);
  }

  #textIn(item: Item, name: string, what: string): string {
    const value = item[name];
    return typeof value === 'string' ? value : unreadable(what, this.#table);
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

function runKey(requestId: string): string {
  return `RUN#${keyOf(requestId)}`;
}

function messageKey(channel: string): string {
  return `MESSAGE#${keyOf(channel)}`;
}
