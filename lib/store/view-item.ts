import type { RunView } from '../termination/status/run-view.ts';
import { runViewSchema } from '../termination/status/view-schema.ts';
import { type Item, MOST_BYTES } from './table.ts';

export const CARD = 'CARD';

/** Undefined if it cannot be read. */
export function viewFrom(item: Item): RunView | undefined {
  return runViewSchema.safeParse(item['view']).data;
}

export function viewItem(pk: string, view: RunView, expiresAt: number): Item {
  return { pk, sk: CARD, view: fitting(view), expiresAt };
}

/** In the order in which runs began. */
export function indexItem({ account, createdAt, requestId, policy }: RunView, expiresAt: number): Item {
  return { pk: indexKey(account), sk: `${createdAt}#${requestId}`, requestId, policy, expiresAt };
}

/** Which runs of an index may be of these policies, each once; without policies, of any. */
export function runsIn(entries: readonly Item[], policies: readonly string[] | undefined): string[] {
  const isMeant = ({ policy }: Item): boolean =>
    // An older version did not write the policy, but the view has it.
    policies === undefined || typeof policy !== 'string' || policies.includes(policy);
  // A run with a new plan is indexed once more.
  return [...new Set(entries.filter(isMeant).map((entry) => String(entry['requestId'])))];
}

export function indexKey(account: string): string {
  return `${account}#CARDS`;
}

/** How many characters of a person's text, how many lines of each list, and whether with reasons. */
const CUTS = [
  { letters: 200, lines: 200, reasons: true },
  { letters: 60, lines: 30, reasons: true },
  { letters: 0, lines: 5, reasons: false },
];

function fits(view: RunView): boolean {
  return Buffer.byteLength(JSON.stringify(view)) <= MOST_BYTES - 10_000;
}

/** All of it if it fits, with some room for the keys. */
function fitting(view: RunView): RunView {
  const cuts = [view, ...CUTS.map((most) => cut(view, most))];
  return cuts.find(fits) ?? cut(view, { letters: 0, lines: 0, reasons: false });
}

function cut(view: RunView, { letters, lines, reasons }: (typeof CUTS)[number]): RunView {
  return {
    ...view,
    servers: reasons ? view.servers : view.servers.map((one) => ({ ...one, reason: null })),
    attention: view.attention.slice(0, lines),
    signals: view.signals
      .slice(Math.max(0, view.signals.length - lines))
      .map((signal) => ({ ...signal, reason: shortened(signal.reason, letters) })),
  };
}

function shortened(reason: string, letters: number): string {
  return reason.length <= letters ? reason : `${reason.slice(0, letters).toWellFormed()}…`;
}
