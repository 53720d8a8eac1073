/** Which runs have begun in an account, what they claim and what counts: decided here, written by `ledger.ts`. */

import * as z from 'zod';
import type { Admission, AdmissionRequest } from '../termination/ledger.ts';

const DAY_MS = 24 * 60 * 60_000;

const takenSchema = z.strictObject({ serverInstanceNo: z.string(), requestId: z.string(), since: z.string() });

const entrySchema = z.strictObject({
  requestId: z.string(),
  owner: z.string(),
  /** Milliseconds since the epoch: when it was admitted. */
  since: z.number(),
  servers: z.array(z.string()),
  /** Milliseconds since the epoch. */
  claimedUntil: z.number(),
  open: z.boolean(),
  /** What it was told, to be told again. */
  taken: z.array(takenSchema),
});

/** The one item of an account. Its version grows with every write; version 0 was never written. */
export const runsSchema = z.object({ version: z.int().min(1), entries: z.array(entrySchema) });

export type RunEntry = z.output<typeof entrySchema>;

/** `entries` is what to write; undefined: nothing. */
interface Decision {
  admission: Admission;
  entries: RunEntry[] | undefined;
}

/** Whether this run may begin. Pure. */
export function decideAdmission(entries: readonly RunEntry[], asked: AdmissionRequest, now: number): Decision {
  const kept = entries.filter((entry) => isCounted(entry, now) || isClaiming(entry, now));
  const mine = kept.find(({ requestId }) => requestId === asked.requestId);
  if (mine !== undefined) return { admission: againFor(mine, asked.owner), entries: undefined };
  const { requestId, owner, claimedUntil } = asked;
  const { free, taken } = divide(kept, asked.servers, now);
  const today = [...new Set([...countedServers(kept, now), ...free])];
  const reason = asked.refusal(free, today);
  if (reason !== '') return { admission: { kind: 'refused', reason }, entries: undefined };
  const entry = { requestId, owner, since: now, servers: free, claimedUntil, open: true, taken };
  return { admission: { kind: 'admitted', taken }, entries: [...kept, entry] };
}

/** The entries with this run closed, or undefined where there is nothing to close. */
export function closed(entries: readonly RunEntry[], requestId: string, owner: string): RunEntry[] | undefined {
  const isMine = (entry: RunEntry): boolean => entry.requestId === requestId && entry.owner === owner && entry.open;
  if (!entries.some(isMine)) return undefined;
  return entries.map((entry) => (isMine(entry) ? { ...entry, open: false } : entry));
}

/** The entries with this run's claim made longer, or undefined where there is none to make longer. */
export function renewed(
  entries: readonly RunEntry[],
  { requestId, owner, claimedUntil }: { requestId: string; owner: string; claimedUntil: number },
): RunEntry[] | undefined {
  const isMine = (entry: RunEntry): boolean => entry.requestId === requestId && entry.owner === owner && entry.open;
  if (!entries.some((entry) => isMine(entry) && entry.claimedUntil < claimedUntil)) return undefined;
  return entries.map((entry) => (isMine(entry) ? { ...entry, claimedUntil } : entry));
}

/** Servers counted in the 24 hours that end now, each once. */
export function countedServers(entries: readonly RunEntry[], now: number): string[] {
  return [...new Set(entries.filter((entry) => isCounted(entry, now)).flatMap(({ servers }) => servers))];
}

function isCounted({ since }: RunEntry, now: number): boolean {
  return since > now - DAY_MS;
}

function isClaiming({ open, claimedUntil }: RunEntry, now: number): boolean {
  return open && claimedUntil > now;
}

function againFor(entry: RunEntry, owner: string): Admission {
  if (entry.owner === owner) return { kind: 'admitted', taken: entry.taken };
  return { kind: 'duplicate', owner: entry.owner, since: new Date(entry.since).toISOString() };
}

/** Which servers are free for a run, each once, and which another run is at. */
function divide(
  entries: readonly RunEntry[],
  servers: readonly string[],
  now: number,
): { free: string[]; taken: RunEntry['taken'] } {
  const claims = new Map(
    entries
      .filter((entry) => isClaiming(entry, now))
      .flatMap((entry) => entry.servers.map((serverInstanceNo) => [serverInstanceNo, entry] as const)),
  );
  const wanted = [...new Set(servers)];
  const taken = wanted.flatMap((serverInstanceNo) => {
    const by = claims.get(serverInstanceNo);
    if (by === undefined) return [];
    return { serverInstanceNo, requestId: by.requestId, since: new Date(by.since).toISOString() };
  });
  return { free: wanted.filter((serverInstanceNo) => !claims.has(serverInstanceNo)), taken };
}
