/** Plans that somebody has seen, by hash, so that they can be carried out or compared later. */

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { StoreError } from '../termination/ports/store.ts';
import type { TerminationRequest } from '../termination/request.ts';
import { type Item, MOST_BYTES, type Table, unreadable } from './table.ts';

/** Days after which nobody can come back to a plan. */
export const PLAN_DAYS = 7;

/** `Servers`: as a report shows them. */
export interface KeptPlan {
  hash: string;
  /** RFC 3339, UTC. */
  createdAt: string;
  request: TerminationRequest;
  /** Absolute path of the policies file; perhaps there is none. */
  policiesFile: string;
  servers: readonly KeptServer[];
}

/** One server of it, as people read it. */
export type KeptServer = z.output<typeof serverSchema>;

const serverSchema = z.object({
  serverInstanceNo: z.string(),
  serverName: z.string(),
  statusName: z.string(),
  verdict: z.string(),
  guard: z.string(),
  reason: z.string(),
  deletes: z.array(z.string()),
  releases: z.array(z.string()),
});

const planSchema = z.object({
  hash: z.string(),
  createdAt: z.string(),
  request: z.custom<TerminationRequest>((value) => isRequest.safeParse(value).success),
  policiesFile: z.string(),
  servers: z.array(serverSchema),
});

/** Enough to recognize a request; it was checked before it was written. */
const isRequest = z.looseObject({ requestId: z.string(), account: z.string(), mode: z.literal('plan') });

export class Plans {
  readonly #table: Table;
  readonly #clock: Clock;

  constructor(table: Table, clock: Clock) {
    this.#table = table;
    this.#clock = clock;
  }

  /** A plan of the same hash replaces the one before. Throws a {@link StoreError} if it does not fit an item. */
  async keep(plan: KeptPlan): Promise<void> {
    const json = JSON.stringify(planSchema.parse(plan));
    const kept = deflateRawSync(json).toString('base64');
    const what = `plan ${plan.hash}`;
    if (kept.length > MOST_BYTES) throw new StoreError(`${what} is too large to be kept`, { passing: false });
    const expiresAt = Math.floor(this.#clock.now() / 1000) + PLAN_DAYS * 24 * 60 * 60;
    await this.#table.put({ pk: plansKey(plan.request.account), sk: plan.hash, plan: kept, expiresAt }, what);
  }

  /** Undefined: there is none, or its days are over. */
  async of(account: string, hash: string): Promise<KeptPlan | undefined> {
    const item = await this.#table.get(plansKey(account), hash);
    if (item === undefined || Number(item['expiresAt']) * 1000 <= this.#clock.now()) return undefined;
    return this.#read(item);
  }

  #read({ plan, sk }: Item): KeptPlan {
    try {
      return planSchema.parse(JSON.parse(inflateRawSync(Buffer.from(String(plan), 'base64')).toString()));
    } catch {
      return unreadable(`plan ${sk}`, this.#table);
    }
  }
}

function plansKey(account: string): string {
  return `${account}#PLANS`;
}
