/** Pauses as items of the table: one for each scope and person, under one `pk`, because there are few and all are read. */

import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Pause } from '../termination/holds.ts';
import { isNameInPlace } from '../termination/sites.ts';
import { expiryOf, isInForce } from './hold-item.ts';
import { keyOf } from './key.ts';
import type { Item, Table } from './table.ts';

/** The scope of a pause. Both empty: everything. */
export type PauseScope = Pick<Pause, 'account' | 'policy'>;

export const PAUSES = 'PAUSE';

export class Pauses {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** All pauses in force, whatever their scope; oldest first. */
  async inForce(): Promise<Pause[]> {
    const now = this.#clock.now();
    const pauses: Pause[] = [];
    for await (const item of this.#table.query(PAUSES)) pauses.push(pauseFrom(item));
    return pauses.filter((pause) => isInForce(pause, now)).toSorted((a, b) => a.at.localeCompare(b.at));
  }

  /**
   * Those in force that concern runs of this policy (empty: without one) in this account. A pause of a policy for several places
   * concerns it in each.
   */
  async concerning(account: string, policy: string): Promise<Pause[]> {
    const isOf = (paused: string): boolean => paused === '' || paused === policy || isNameInPlace(policy, paused);
    const concerns = (pause: Pause): boolean =>
      (pause.account === '' || pause.account === account) && isOf(pause.policy);
    return (await this.inForce()).filter(concerns);
  }

  async put(pause: Pause): Promise<void> {
    const sk = `${scopeKey(pause)}#${keyOf(pause.by)}`;
    await this.#table.put({ pk: PAUSES, sk, ...pause, ...expiryOf(pause) }, 'the pause');
  }

  /** The pauses of exactly this scope, no matter whose, also those that are over. */
  async of(scope: PauseScope): Promise<{ items: Item[]; inForce: Pause[] }> {
    const key = scopeKey(scope);
    const items: Item[] = [];
    for await (const item of this.#table.query(PAUSES, [`${key}#`, `${key}$`])) items.push(item);
    const now = this.#clock.now();
    return { items, inForce: items.map(pauseFrom).filter((pause) => isInForce(pause, now)) };
  }
}

/** Names of accounts and policies hold no `/`. */
function scopeKey({ account, policy }: PauseScope): string {
  return `${account}/${policy}`;
}

const instant = z.iso.datetime({ offset: true });
const itemSchema = z.object({
  account: z.string(),
  policy: z.string(),
  by: z.string(),
  reason: z.string(),
  at: instant,
  until: z.union([z.literal(''), instant]),
});

/** One that cannot be read pauses everything: its author wanted something left alone. */
function pauseFrom(item: Item): Pause {
  const parsed = itemSchema.safeParse(item);
  if (parsed.success) return parsed.data;
  return { account: '', policy: '', by: 'somebody', reason: 'a pause that cannot be read', at: '', until: '' };
}
