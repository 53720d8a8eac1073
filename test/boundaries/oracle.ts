/**
 * Judges a run by what NCP saw of it and by what the person did at which instant; never by what banap says of itself.
 */

import type { JournalCall, JournalEntry } from '../../lib/simulator/journal.ts';
import type { Target } from '../../lib/termination/model.ts';
import type { Changing, Claim } from './claims.ts';
import type { Lived } from './life.ts';
import { LATENCY_SECONDS, PLANNED } from './stage.ts';

/** What was seen or read longer ago than this may not allow an act. */
const FRESH_MS = 5_000;

/** One thing that was done to something that had to be left alone. */
export interface Wrong {
  /** Which rule: for counting. */
  rule: string;
  says: string;
}

export function wrongsOf(lived: Lived): Wrong[] {
  const acts = lived.journal.filter(isAccepted);
  return [
    ...acts.flatMap((call) => [...ofOthers(call, lived), ...tooEarly(call, lived)]),
    ...twice(acts),
    ...blind(lived),
  ];
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
  // Putting protection on takes nothing from anybody.
  return entry.parameters['isProtectServerTermination'] !== 'true';
}

function ofOthers(call: JournalCall, lived: Lived): Wrong[] {
  const { claims, stage, targets } = lived;
  const sentAt = sent(call);
  const planned = new Set([
    ...PLANNED.flatMap((no) => stage.all(no)),
    ...targets.flatMap((one) => [one.serverInstanceNo, ...pinnedTo(one)]),
  ]);
  return numbersIn(call).flatMap((no) => {
    const found = claims.find((one) => isAgainst(one, no, sentAt, lived) && !one.isInPlan(targets));
    if (found !== undefined) return [wrong(call, no, `${found.why} since ${age(sentAt - found.from)}`, found.why)];
    return planned.has(no) ? [] : [wrong(call, no, 'it was not planned', 'it was not planned')];
  });
}

function isAgainst(claim: Claim, no: string, at: number, { journal }: Lived): boolean {
  const { things, from, until } = claim;
  if (!things.includes(no) || from >= at - FRESH_MS || at >= until) return false;
  return at <= tooLateAt(claim, journal) && !isDoubted(claim, journal);
}

/** When a call that was sent in good faith removed everything that showed the claim. */
function tooLateAt({ lostAfter, from }: Claim, journal: readonly JournalEntry[]): number {
  const last = journal
    .filter(isAccepted)
    .find((call) => sent(call) >= from && sent(call) <= from + FRESH_MS && isOneOf(lostAfter, call));
  return last === undefined ? Number.POSITIVE_INFINITY : sent(last);
}

/** How long an answer may stay lost: what was asked for gets 20 s, and then there is one more look. */
const DOUBT_MS = 30_000;

function isDoubted({ doubtedBy, from }: Claim, journal: readonly JournalEntry[]): boolean {
  return journal.some(
    (entry) =>
      entry.kind === 'call' &&
      entry.status === 0 &&
      sent(entry) > from - DOUBT_MS &&
      sent(entry) <= from + FRESH_MS &&
      isOneOf(doubtedBy, entry),
  );
}

function isOneOf(changing: readonly Changing[], call: JournalCall): boolean {
  return changing.some(
    ({ changes, no }) => changes.includes(CHANGES[call.action] ?? '') && numbersIn(call).includes(no),
  );
}

/** A call reaches NCP after half of the time that it takes. */
function sent({ at }: JournalCall): number {
  return Date.parse(at) - (LATENCY_SECONDS / 2) * 1000;
}

/** Volumes and addresses outlive their server; none of them is ended before it is gone. */
function tooEarly(call: JournalCall, lived: Lived): Wrong[] {
  const { journal } = lived;
  if (!isFreeing(call)) return [];
  return numbersIn(call).flatMap((no) => {
    const owner = ownerOf(no, lived);
    if (goneAt(call, owner, journal) < Number.POSITIVE_INFINITY) return [];
    return [wrong(call, no, `its server ${owner} was still there`, 'its server was still there')];
  });
}

/** A list may lag behind: what two looks ten seconds apart did not show is gone. */
export function tooSoon(lived: Lived): string[] {
  const { journal } = lived;
  return journal
    .filter(isAccepted)
    .filter(isFreeing)
    .flatMap((call) =>
      numbersIn(call).flatMap((no) => {
        const seconds = (Date.parse(call.at) - goneAt(call, ownerOf(no, lived), journal)) / 1000;
        return seconds < 10 ? [`${CHANGES[call.action]} ${no} ${seconds} s after its server was gone`] : [];
      }),
    );
}

export function isFreeing({ action }: JournalCall): boolean {
  return CHANGES[action] === 'delete volume' || CHANGES[action] === 'release address';
}

/** The numbers of what a plan shows on a server. */
export function pinnedTo({ attachments }: Target): string[] {
  return attachments.map(({ no }) => no);
}

/** The server that had it when everything began, or in the plan that people agreed to. */
function ownerOf(no: string, { stage, targets }: Lived): string {
  const planned = targets.find((target) => pinnedTo(target).includes(no));
  return planned?.serverInstanceNo ?? PLANNED.find((server) => stage.all(server).includes(no)) ?? '';
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

/** Whatever the answer was, even a 429 or none: nothing is sent again before the next look. */
function blind({ journal }: Lived): Wrong[] {
  const sinceLook = new Set<string>();
  return journal.flatMap((entry) => {
    if (entry.kind !== 'call') return [];
    if (entry.action === 'getServerInstanceList') sinceLook.clear();
    if (!isChange(entry.action)) return [];
    const said = `${entry.action} ${JSON.stringify(entry.parameters)}`;
    const isAgain = sinceLook.has(said);
    sinceLook.add(said);
    return isAgain
      ? numbersIn(entry).map((no) => wrong(entry, no, 'nobody had looked since', 'nobody had looked since'))
      : [];
  });
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
