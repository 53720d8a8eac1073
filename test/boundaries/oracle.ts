/**
 * Judges a run by what NCP saw of it and by what the person did at which instant; never by what banap says of itself.
 */

import type { JournalCall, JournalEntry } from '../../lib/simulator/journal.ts';
import type { Claim } from './claims.ts';
import type { Lived } from './life.ts';
import { LATENCY_SECONDS, MINE, PLANNED } from './stage.ts';

/** What was seen or said longer ago than this may not allow an act. */
const FRESH_MS = 5_000;

/** One thing that was done to something that was to be left alone. */
export interface Wrong {
  /** Which rule: for counting. */
  rule: string;
  says: string;
}

export function wrongsOf(lived: Lived): Wrong[] {
  const acts = lived.journal.filter(isAccepted);
  return [...acts.flatMap((call) => [...ofOthers(call, lived), ...tooEarly(call, lived)]), ...twice(acts)];
}

/** The calls that change something, as far as NCP did what they asked for; the answer may have been lost. */
const CHANGES: Readonly<Record<string, string>> = {
  stopServerInstances: 'stop',
  detachBlockStorageInstances: 'detach',
  disassociatePublicIpFromServerInstance: 'disassociate',
  setProtectServerTermination: 'lift protection',
  terminateServerInstances: 'terminate',
  deleteBlockStorageInstances: 'delete volume',
  deletePublicIpInstance: 'release address',
  deletePublicIpInstances: 'release address',
};

export function isChange(action: string): boolean {
  return action in CHANGES;
}

export function isAccepted(entry: JournalEntry): entry is JournalCall {
  if (entry.kind !== 'call' || entry.returnCode !== '0' || !isChange(entry.action)) return false;
  // Protection that is put on takes nothing from anybody.
  return entry.parameters['isProtectServerTermination'] !== 'true';
}

function ofOthers(call: JournalCall, lived: Lived): Wrong[] {
  const { claims, stage, targets } = lived;
  const sentAt = sent(call);
  const planned = new Set([
    ...PLANNED.flatMap((no) => stage.all(no)),
    ...targets.flatMap((one) => [
      one.serverInstanceNo,
      ...one.storages.map((storage) => storage.blockStorageInstanceNo),
      ...one.publicIps.map((address) => address.publicIpInstanceNo),
    ]),
  ]);
  return numbersIn(call).flatMap((no) => {
    const found = claims.find((one) => isAgainst(one, no, sentAt, lived) && !one.isInPlan(targets));
    if (found !== undefined) return [wrong(call, no, `${found.why} since ${age(sentAt - found.from)}`, found.why)];
    return planned.has(no) ? [] : [wrong(call, no, 'it was not planned', 'it was not planned')];
  });
}

function isAgainst(claim: Claim, no: string, at: number, lived: Lived): boolean {
  const { things, from, until } = claim;
  return things.includes(no) && from < at - FRESH_MS && at < until && !(at > tooLateAt(claim, lived));
}

/** A terminate that was sent in good faith ends what only its server could have told. */
function tooLateAt({ goesWithServer, from }: Claim, { journal }: Lived): number {
  if (!goesWithServer) return Number.POSITIVE_INFINITY;
  const terminate = journal
    .filter(isAccepted)
    .find((call) => call.action === 'terminateServerInstances' && numbersIn(call).includes(MINE));
  return terminate !== undefined && sent(terminate) <= from + FRESH_MS ? sent(terminate) : Number.POSITIVE_INFINITY;
}

/** A call is on its way for half of the time that it takes. */
function sent({ at }: JournalCall): number {
  return Date.parse(at) - (LATENCY_SECONDS / 2) * 1000;
}

/** Volumes and addresses outlive their server; before it is gone nothing of them is ended. */
function tooEarly(call: JournalCall, { journal, stage }: Lived): Wrong[] {
  if (!isFreeing(call)) return [];
  return numbersIn(call).flatMap((no) => {
    const owner = ownerOf(no, stage);
    if (goneAt(call, owner, journal) < Number.POSITIVE_INFINITY) return [];
    return [wrong(call, no, `its server ${owner} was still there`, 'its server was still there')];
  });
}

/** A list may lag behind: gone is what two looks did not show that were ten seconds apart. */
export function tooSoon({ journal, stage }: Lived): string[] {
  return journal
    .filter(isAccepted)
    .filter(isFreeing)
    .flatMap((call) =>
      numbersIn(call).flatMap((no) => {
        const seconds = (Date.parse(call.at) - goneAt(call, ownerOf(no, stage), journal)) / 1000;
        return seconds < 10 ? [`${CHANGES[call.action]} ${no} ${seconds} s after its server was gone`] : [];
      }),
    );
}

export function isFreeing({ action }: JournalCall): boolean {
  return CHANGES[action] === 'delete volume' || CHANGES[action] === 'release address';
}

function ownerOf(no: string, stage: Lived['stage']): string {
  return PLANNED.find((server) => stage.all(server).includes(no)) ?? '';
}

/** Since when a server was gone at the time of a call; Infinity: it was there. */
function goneAt(call: JournalCall, server: string, journal: readonly JournalEntry[]): number {
  const before = journal.slice(0, journal.indexOf(call)).filter((entry) => entry.kind === 'change');
  const last = before.findLast(
    ({ resource, no, field }) => resource === 'server' && no === server && field === 'existence',
  );
  return last?.to === 'absent' ? Date.parse(last.at) : Number.POSITIVE_INFINITY;
}

function twice(acts: readonly JournalCall[]): Wrong[] {
  const seen = new Set<string>();
  return acts
    .filter(({ action }) => action === 'terminateServerInstances')
    .flatMap((call) =>
      numbersIn(call).flatMap((no) => {
        const isFirst = !seen.has(no);
        seen.add(no);
        return isFirst ? [] : [wrong(call, no, 'it had been terminated already', 'it had been terminated already')];
      }),
    );
}

function wrong(call: JournalCall, no: string, why: string, rule: string): Wrong {
  const change = CHANGES[call.action] ?? call.action;
  return { rule: `${change}, though ${rule}`, says: `${change} ${no} at ${call.at}, though ${why}` };
}

function age(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function numbersIn({ parameters }: JournalCall): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => (/InstanceNo(List\.\d+)?$/.test(name) ? [value] : []));
}
