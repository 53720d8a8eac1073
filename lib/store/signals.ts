import { type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import {
  type Delivery,
  type DeliveryStore,
  type MessageStore,
  type OriginStore,
  type RunStore,
  type Sent,
  type SentStore,
  type SignalStore,
  StoreError,
  type ViewStore,
} from '../termination/ports/store.ts';
import { signalSchema } from '../termination/signal-schema.ts';
import type { Signal } from '../termination/signals.ts';
import type { RunView } from '../termination/status/run-view.ts';
import { hashOf, keyOf } from './key.ts';
import { inOrder, SIGNALS, signalFrom, signalItem } from './signal-item.ts';
import { type Condition, type Item, type Table, unreadable } from './table.ts';
import { CARD, indexItem, indexKey, runsIn, viewFrom, viewItem } from './view-item.ts';

/** No run lives longer: see `executionTimeout` in serverless.yml. */
const KEPT_SECONDS = 60 * 24 * 60 * 60;
/** How many index entries are searched for runs of some policies; each has a few hundred bytes. */
const MOST_LOOKED_THROUGH = 500;
/** Another write can come in between only if an item expired. */
const MOST_TRIES = 3;

/** An item with one text: its key, the attribute with the text, and its name in errors. */
interface Text {
  pk: string;
  sk: string;
  attribute: string;
  called: string;
}

/** All kinds of such items. */
const TEXTS = {
  owner: (run: string): Text => ({ ...ofRun(run, 'OWNER'), attribute: 'owner', called: `the owner of run ${run}` }),
  origin: (run: string): Text => ({ ...ofRun(run, 'ORIGIN'), attribute: 'origin', called: `the origin of run ${run}` }),
  wake: (run: string): Text => ({ ...ofRun(run, 'WAKE'), attribute: 'wakeId', called: `how to wake run ${run}` }),
  message: (run: string, room: string): Text => ({
    ...ofRun(run, `MESSAGE#${keyOf(room)}`),
    attribute: 'message',
    called: `the message of run ${run}`,
  }),
  sent: ({ about, what }: Sent): Text => ({
    pk: `SENT#${keyOf(about)}`,
    sk: keyOf(what),
    attribute: 'what',
    called: `what was sent about ${about.slice(0, 100)}`,
  }),
  delivery: ({ channel, id }: Delivery): Text => ({
    pk: `SEEN#${channel}`,
    sk: keyOf(id),
    attribute: 'said',
    called: `delivery ${id.slice(0, 100)} of ${channel}`,
  }),
};

function ofRun(requestId: string, sk: string): { pk: string; sk: string } {
  return { pk: runKey(requestId), sk };
}

/** What runs and people exchange: views, signals, wake-ups, messages, and deliveries; and the owner and origin of a run. */
export class Talk
  implements
    SignalStore,
    ViewStore,
    OriginStore,
    MessageStore,
    SentStore,
    DeliveryStore,
    Pick<RunStore, 'rememberOwner' | 'ownerOf'>
{
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor({ table, clock, chance }: { table: Table; clock: Clock; chance: Chance }) {
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
    const wake = TEXTS.wake(requestId);
    await this.#table.put(this.#itemOf(wake, wakeId), wake.called);
  }

  wakeIdOf(requestId: string): Promise<string | undefined> {
    return this.#read(TEXTS.wake(requestId));
  }

  rememberOwner(requestId: string, owner: string): Promise<string> {
    return this.#remember(TEXTS.owner(requestId), owner);
  }

  ownerOf(requestId: string): Promise<string | undefined> {
    return this.#read(TEXTS.owner(requestId));
  }

  async rememberOrigin(requestId: string, origin: string): Promise<void> {
    await this.#remember(TEXTS.origin(requestId), origin);
  }

  originOf(requestId: string): Promise<string | undefined> {
    return this.#read(TEXTS.origin(requestId));
  }

  rememberMessage(requestId: string, room: string, messageId: string): Promise<string> {
    return this.#remember(TEXTS.message(requestId, room), messageId);
  }

  messageOf(requestId: string, room: string): Promise<string | undefined> {
    return this.#read(TEXTS.message(requestId, room));
  }

  async rememberSent(sent: Sent): Promise<void> {
    await this.#remember(TEXTS.sent(sent), sent.what);
  }

  async wasSent(sent: Sent): Promise<boolean> {
    return (await this.#read(TEXTS.sent(sent))) !== undefined;
  }

  async seen(delivery: Delivery): Promise<'new' | 'again' | 'other'> {
    const now = this.#nowSeconds();
    const kept = TEXTS.delivery(delivery);
    const said = hashOf(delivery.content);
    const item = { ...this.#itemOf(kept, said), expiresAt: now + delivery.ttlSeconds };
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      if (await this.#putOnce(item, kept.called, now)) return 'new';
      const before = await this.#read(kept);
      if (before !== undefined) return before === said ? 'again' : 'other';
    }
    return 'again';
  }

  /** Returns the text that is kept: the first. */
  async #remember(kind: Text, text: string): Promise<string> {
    if (await this.#putOnce(this.#itemOf(kind, text), kind.called)) return text;
    return (await this.#read(kind)) ?? text;
  }

  async #read({ pk, sk, attribute, called }: Text): Promise<string | undefined> {
    const item = await this.#table.get(pk, sk);
    if (item === undefined) return undefined;
    const value = item[attribute];
    return typeof value === 'string' ? value : unreadable(called, this.#table);
  }

  #itemOf({ pk, sk, attribute }: Text, text: string): Item {
    return { pk, sk, [attribute]: text, expiresAt: this.#nowSeconds() + KEPT_SECONDS };
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

  #nowSeconds(): number {
    return Math.floor(this.#clock.now() / 1000);
  }
}

function runKey(requestId: string): string {
  return `RUN#${keyOf(requestId)}`;
}
