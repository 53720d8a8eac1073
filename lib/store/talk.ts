import { type Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { type Delivery, LedgerError } from '../termination/ledger.ts';
import type { RunCard } from '../termination/run-view.ts';
import { wordSchema } from '../termination/word-schema.ts';
import type { Word } from '../termination/words.ts';
import { CARD, cardFrom, cardItem, indexItem, indexKey, runsIn } from './card-item.ts';
import { hashOf, keyOf } from './key.ts';
import { type Condition, type Item, type Table, unreadable } from './table.ts';
import { inOrder, WORDS, wordFrom, wordItem } from './word-item.ts';

/** No run lives longer: see `executionTimeout` in serverless.yml. */
const KEPT_SECONDS = 60 * 24 * 60 * 60;
const WAKE = 'WAKE';
/** How far back the runs of some policies are looked for: entries of a run, each a few hundred bytes. */
const MOST_LOOKED_THROUGH = 500;
/** Another one may only come in between where an item was deleted for its age. */
const MOST_TRIES = 3;

/** What runs and people tell each other: cards, words, wake-ups, messages, and deliveries that were taken. */
export class Talk {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #chance: Chance;

  constructor(table: Table, clock: Clock, chance: Chance) {
    this.#table = table;
    this.#clock = clock;
    this.#chance = chance;
  }

  async putCard(card: RunCard): Promise<void> {
    const expiresAt = this.#nowSeconds() + KEPT_SECONDS;
    const items = [cardItem(runKey(card.requestId), card, expiresAt), indexItem(card, expiresAt)];
    await this.#table.putAll(items, `the card of run ${card.requestId}`);
  }

  async card(requestId: string): Promise<RunCard | undefined> {
    const item = await this.#table.get(runKey(requestId), CARD);
    return item === undefined ? undefined : (cardFrom(item) ?? unreadable(`the card of run ${requestId}`, this.#table));
  }

  async cards(
    account: string,
    { limit, policies }: { limit: number; policies?: readonly string[] },
  ): Promise<RunCard[]> {
    const entries = await this.#table.last(indexKey(account), policies === undefined ? limit : MOST_LOOKED_THROUGH);
    const ids = runsIn(entries, policies).slice(0, limit);
    const items = await Promise.all(ids.map((id) => this.#table.get(runKey(id), CARD)));
    const cards = items.flatMap((item) => (item === undefined ? [] : (cardFrom(item) ?? [])));
    return cards.filter((card) => policies?.includes(card.policy) ?? true);
  }

  async say(requestId: string, word: Word): Promise<boolean> {
    const what = `what ${word.by.slice(0, 100)} said to run ${requestId}`;
    // One that nobody can read would keep the run from acting for ever.
    if (!wordSchema.safeParse(word).success) throw new LedgerError(`${what} is no word to a run`, { passing: false });
    const key = { pk: runKey(requestId), who: keyOf(word.by) };
    return this.#putOnce(wordItem(key, word, this.#nowSeconds() + KEPT_SECONDS), what);
  }

  async words(requestId: string): Promise<Word[]> {
    const words: Word[] = [];
    for await (const item of this.#table.query(runKey(requestId), WORDS)) {
      words.push(wordFrom(item) ?? unreadable(`what somebody said to run ${requestId}`, this.#table));
    }
    return inOrder(words);
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
   * True where there was none of this key, or (given `now`) only one whose time is over. The client may send a write
   * again whose answer was lost; `writer` tells that it was this very one.
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
