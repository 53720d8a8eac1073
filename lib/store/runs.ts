/** Which runs have begun in an account, what they claim and what counts: decided here, written by `store.ts`. */

import * as z from 'zod';
import type { Admission, AdmissionRequest, Taken } from '../termination/ports/store.ts';

const DAY_MS = 24 * 60 * 60_000;

/** Anything else that another version wrote stays as it is. */
const entrySchema = z.looseObject({
  requestId: z.string(),
  owner: z.string(),
  /** Milliseconds since the epoch: when it was admitted. */
  since: z.number(),
  /** The servers that it got. The others are not kept, because hundreds of sweeps over servers of another run have to fit. */
  servers: z.array(z.string()),
  /** Milliseconds since the epoch. */
  claimedUntil: z.number(),
  open: z.boolean(),
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
  const kept = entries.filter((entry) => isKept(entry, now));
  const { requestId, owner, claimedUntil } = asked;
  const at = kept.findIndex((entry) => entry.requestId === requestId && isAlive(entry, now));
  const mine = kept[at];
  if (mine !== undefined) {
    const [before, since] = [kept.slice(0, at), kept.slice(at + 1)];
    return { admission: againFor(mine, asked, { before, since }), entries: undefined };
  }
  const holders = holdersIn(kept);
  const isClaimed = (holder: RunEntry | undefined): boolean => holder !== undefined && isClaiming(holder, now);
  const free = [...new Set(asked.servers)].filter((no) => !isClaimed(holders.get(no)));
  const today = [...new Set([...countedServers(kept, now), ...free])];
  const reason = asked.refusal(free, today);
  if (reason !== null) return { admission: { kind: 'refused', reason }, entries: undefined };
  const others = kept.filter((entry) => entry.requestId !== requestId);
  const entry: RunEntry = { requestId, owner, since: now, servers: free, claimedUntil, open: true };
  return { admission: admitted(entry, asked, { before: others, since: [] }), entries: [...others, entry] };
}

/** The entries with this run closed, or undefined if there is nothing to close. */
export function closed(entries: readonly RunEntry[], requestId: string, owner: string): RunEntry[] | undefined {
  const isMine = (entry: RunEntry): boolean => entry.requestId === requestId && entry.owner === owner && entry.open;
  if (!entries.some(isMine)) return undefined;
  return entries.map((entry) => (isMine(entry) ? { ...entry, open: false } : entry));
}

/** The entries with this run's claim made longer, or undefined if there is none. */
export function renewed(
  entries: readonly RunEntry[],
  { requestId, owner, claimedUntil }: { requestId: string; owner: string; claimedUntil: number },
): RunEntry[] | undefined {
  const isMine = (entry: RunEntry): boolean => entry.requestId === requestId && entry.owner === owner && entry.open;
  if (!entries.some((entry) => isMine(entry) && entry.claimedUntil < claimedUntil)) return undefined;
  return entries.map((entry) => (isMine(entry) ? { ...entry, claimedUntil } : entry));
}

/**
 * The servers of this run that another one has got since its claim had ended; `forgotten` if the run is no longer kept, because
 * then whoever got them may be no longer kept either.
 */
export function lostBy(
  entries: readonly RunEntry[],
  { requestId, owner }: { requestId: string; owner: string },
): Taken[] | 'forgotten' {
  const at = entries.findIndex((entry) => entry.requestId === requestId && entry.owner === owner);
  const mine = entries[at];
  return mine === undefined
    ? 'forgotten'
    : [...lost(mine, entries.slice(at + 1))].map(([no, holder]) => takenBy(holder, no));
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

/** It still counts, or still works on its servers: no other run may begin under its id. */
function isAlive(entry: RunEntry, now: number): boolean {
  return isCounted(entry, now) || isClaiming(entry, now);
}

/** A day longer than its claim, so that a run that was refused because of it gets the same answer again. */
function isKept(entry: RunEntry, now: number): boolean {
  return isAlive(entry, now) || entry.claimedUntil > now - DAY_MS;
}

/** The last run that got each server. It holds it alone: one whose claim had ended by then never has it back. */
function holdersIn(entries: readonly RunEntry[]): Map<string, RunEntry> {
  return new Map(entries.flatMap((entry) => entry.servers.map((no) => [no, entry] as const)));
}

/** The other runs, in the order in which they began. */
interface Others {
  before: readonly RunEntry[];
  since: readonly RunEntry[];
}

function againFor(mine: RunEntry, asked: AdmissionRequest, others: Others): Admission {
  if (mine.owner === asked.owner) return admitted(mine, asked, others);
  return { kind: 'duplicate', owner: mine.owner, since: instant(mine.since) };
}

/**
 * Each requested server that this run did not get belongs to the last run that got it before, and what an open run has
 * lost, to the last one that got it since. The answer is always the same, because runs are kept in the order in which they
 * began.
 */
function admitted(mine: RunEntry, { servers }: AdmissionRequest, { before, since }: Others): Admission {
  const got = new Set(mine.servers);
  const later = lost(mine, since);
  const holders = new Map([...holdersIn(before), ...later]);
  const taken = [...new Set(servers)].filter((no) => !got.has(no) || later.has(no));
  return {
    kind: 'admitted',
    taken: taken.map((no) => takenBy(holders.get(no) ?? { ...mine, requestId: UNKNOWN }, no)),
  };
}

/** What a run that is over had is nobody's loss. */
function lost({ open, servers }: RunEntry, since: readonly RunEntry[]): Map<string, RunEntry> {
  const got = new Set(servers);
  return new Map(open ? [...holdersIn(since)].filter(([no]) => got.has(no)) : []);
}

function takenBy({ requestId, since, claimedUntil }: RunEntry, serverInstanceNo: string): Taken {
  return { serverInstanceNo, requestId, since: instant(since), until: instant(claimedUntil) };
}

/** The other run is no longer kept, or this one asks for something new: in both cases the server is not its own. */
const UNKNOWN = 'unknown';

function instant(at: number): string {
  return new Date(at).toISOString();
}
