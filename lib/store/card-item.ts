import { runCardSchema } from '../termination/run-card-schema.ts';
import type { RunCard } from '../termination/run-view.ts';
import { type Item, MOST_BYTES } from './table.ts';

export const CARD = 'CARD';

/** Undefined where it cannot be read. */
export function cardFrom(item: Item): RunCard | undefined {
  return runCardSchema.safeParse(item['card']).data;
}

export function cardItem(pk: string, card: RunCard, expiresAt: number): Item {
  return { pk, sk: CARD, card: fitting(card), expiresAt };
}

/** In the order in which runs began. */
export function indexItem({ account, createdAt, requestId, policy }: RunCard, expiresAt: number): Item {
  return { pk: indexKey(account), sk: `${createdAt}#${requestId}`, requestId, policy, expiresAt };
}

/** Which runs of an index may be of these policies, each once; without policies, of any. */
export function runsIn(entries: readonly Item[], policies: readonly string[] | undefined): string[] {
  const isMeant = ({ policy }: Item): boolean =>
    // An older version did not write the policy; the card says it.
    policies === undefined || typeof policy !== 'string' || policies.includes(policy);
  // A run whose plan was made anew is indexed once more.
  return [...new Set(entries.filter(isMeant).map((entry) => String(entry['requestId'])))];
}

export function indexKey(account: string): string {
  return `${account}#CARDS`;
}

/** How many letters of what a person said, how many of the lines that a run may have any number of, and whether with reasons. */
const CUTS = [
  { letters: 200, lines: 200, reasons: true },
  { letters: 60, lines: 30, reasons: true },
  { letters: 0, lines: 5, reasons: false },
];

function fits(card: RunCard): boolean {
  return Buffer.byteLength(JSON.stringify(card)) <= MOST_BYTES - 10_000;
}

/** All of it where it fits, with some room for the keys. */
function fitting(card: RunCard): RunCard {
  const cuts = [card, ...CUTS.map((most) => cut(card, most))];
  return cuts.find(fits) ?? cut(card, { letters: 0, lines: 0, reasons: false });
}

function cut(card: RunCard, { letters, lines, reasons }: (typeof CUTS)[number]): RunCard {
  return {
    ...card,
    servers: reasons ? card.servers : card.servers.map((one) => ({ ...one, reason: null })),
    attention: card.attention.slice(0, lines),
    words: card.words
      .slice(Math.max(0, card.words.length - lines))
      .map((word) => ({ ...word, reason: shortened(word.reason, letters) })),
  };
}

function shortened(reason: string, letters: number): string {
  return reason.length <= letters ? reason : `${reason.slice(0, letters).toWellFormed()}…`;
}
