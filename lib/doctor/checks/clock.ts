import type { Account } from '../account.ts';
import type { Finding } from '../finding.ts';
import type { World } from '../world.ts';

/** NCP refuses stamps that are five minutes off, and so do receivers of reports and callers. */
const REFUSED_MS = 5 * 60_000;
/** Worth a word: it does not become so by itself. */
const MOST_MS = 60_000;

/** The clock here against that of NCP's gateway, as the `Date` of its answers tells it, to the second. */
export async function clockFindings({ accounts }: Pick<World, 'accounts'>): Promise<Finding[]> {
  const told = await Promise.all(
    accounts.map(async (account) => {
      // Where nothing was asked yet, this asks.
      await account.trouble();
      return skewOf(account);
    }),
  );
  // One clock here, and one there: the answers of all accounts tell of the same two.
  const [skew] = told.flatMap((one) => one ?? []);
  if (skew === undefined) return [{ code: 'clock-not-told', about: '' }];
  const seconds = Math.round(skew.ms / 1000);
  return [{ code: Math.abs(skew.ms) < MOST_MS ? 'clock-right' : 'clock-off', about: '', seconds }];
}

/** How far the clock here is ahead, by the last answer that told NCP's time; undefined if none did. */
export function skewOf({ exchanges }: Account): { ms: number; isRefused: boolean } | undefined {
  const [last] = exchanges.filter(({ answer }) => answer.serverTime !== undefined).slice(-1);
  if (last?.answer.serverTime === undefined) return undefined;
  // The header leaves the fraction of a second out.
  const there = last.answer.serverTime + 500;
  const ms = (last.sentAt + last.receivedAt) / 2 - there;
  return { ms, isRefused: Math.abs(ms) >= REFUSED_MS - 1_000 };
}
