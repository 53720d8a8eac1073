/** What a person may do between two calls, and what has to stay because of it. */

import type { Target } from '../../lib/termination/model.ts';
import type { Signal } from '../../lib/termination/signals.ts';
import { holdOn } from '../termination/desk.ts';
import { HANA } from '../termination/people.ts';
import type { Claim } from './claims.ts';
import { isAccepted, isChange, numbersIn } from './oracle.ts';
import { ACCOUNT, MINE, OTHER, PLANNED, REQUEST_ID, type Stage } from './stage.ts';

type Claims = Claim[] | Promise<Claim[]>;

export interface PersonsAct {
  name: string;
  /** What was done one boundary earlier; where nothing could be done, this is not done either. */
  before?: (stage: Stage) => Claims;
  /** Does it, given the claims so far. No new claims: it was too late, or there was nothing to do it to. */
  does: (stage: Stage, before: readonly Claim[]) => Claims;
}

export const ACTS: readonly PersonsAct[] = [
  { name: 'hold', does: hold },
  { name: 'release the hold', before: hold, does: release },
  { name: 'keep tag', does: onServer((stage) => stage.simulator.person.setTag(MINE, 'keep', 'demo')) },
  { name: 'rename', does: onServer((stage) => stage.simulator.person.rename(MINE, 'prod-9')) },
  { name: 'protect', does: protect },
  { name: 'unprotect, then protect', before: unprotect, does: protectAgain },
  { name: 'stop-start', does: restart },
  { name: 'start', does: start },
  { name: 'move the address', does: moveAddress },
  { name: 'move a volume', does: moveVolume },
  { name: 'attach a volume', does: attachVolume },
  { name: 'detach its volume', does: detachVolume },
  { name: 'disassociate its address', does: disassociateAddress },
  { name: 'put its volume back', does: putVolumeBack },
  { name: 'put its address back', does: putAddressBack },
  { name: 'borrow its volume, then give it back free', before: borrow, does: giveBack },
  { name: 'terminate it', does: terminate },
  { name: 'replace by one of the same name', does: replace },
  { name: 'replace under the same number', does: recreate },
  { name: 'cancel', does: (stage) => said(stage, 'cancel', '') },
  { name: 'reject', does: (stage) => (stage.shown === undefined ? [] : said(stage, 'reject', stage.shown.planHash)) },
  { name: 'pause', does: pause },
  { name: 'policy spares it', does: sparing },
  { name: 'policy only plans', does: planning },
  { name: 'narrow the window', does: narrowing },
];

async function hold(stage: Stage): Promise<Claim[]> {
  const at = stage.simulator.now().toISOString();
  await stage.store.hold(ACCOUNT, { ...holdOn(MINE), by: HANA, at });
  return [claim(stage, HELD, stage.all(MINE))];
}

async function release(stage: Stage, before: readonly Claim[]): Promise<Claim[]> {
  await stage.store.release(ACCOUNT, MINE, HANA);
  const ended = before.filter(({ why, until }) => why === HELD && until > stage.now());
  for (const one of ended) one.until = stage.now();
  return [];
}

const HELD = 'it is held';

/** Something that is done to the server itself, so it cannot be done once the server is being terminated. */
function onServer(act: (stage: Stage) => void): PersonsAct['does'] {
  return (stage) => {
    if (!isThere(stage)) return [];
    act(stage);
    return [seenOnServer(stage, 'its server was changed')];
  };
}

function protect(stage: Stage): Claim[] {
  if (!isThere(stage) || serverOf(stage)?.isProtectServerTermination === true) return [];
  stage.simulator.person.protect(MINE, true);
  return [seenOnServer(stage, 'it was protected')];
}

/** Only where protection is on: its absence is nobody's wish. */
function unprotect(stage: Stage): Claim[] {
  if (!isThere(stage) || serverOf(stage)?.isProtectServerTermination !== true) return [];
  stage.simulator.person.protect(MINE, false);
  return [claim(stage, UNPROTECTED, stage.all(MINE), { until: stage.now() })];
}

const UNPROTECTED = 'it was unprotected';

/** Unless a look in between saw it unprotected, nothing has happened. */
function protectAgain(stage: Stage, before: readonly Claim[]): Claim[] {
  const bare = before.findLast(({ why }) => why === UNPROTECTED);
  if (bare === undefined) return [];
  const claims = protect(stage);
  return isSeenSince(stage, bare, 'getServerInstanceList') ? claims : [];
}

/** Whether a look at MINE, and at what is listed with it, has begun since and got this far. */
function isSeenSince({ simulator }: Stage, { from }: Claim, list: string): boolean {
  const lists = simulator
    .journal()
    .filter((one) => one.kind === 'call' && one.fault === undefined && one.action.endsWith('List'));
  const begun = lists.findLastIndex((one) => one.kind === 'call' && one.action === 'getServerInstanceList');
  const first = lists[begun];
  if (first?.kind !== 'call' || !numbersIn(first).includes(MINE)) return false;
  // A list for one server does not show what another one has.
  return lists
    .slice(begun)
    .some(
      (one) =>
        one.kind === 'call' &&
        one.action === list &&
        one.parameters['serverInstanceNo'] === undefined &&
        Date.parse(one.at) > from,
    );
}

/** After banap has stopped it. */
function start(stage: Stage): Claim[] {
  const server = serverOf(stage);
  if (server?.serverInstanceStatus.code !== 'NSTOP' || server.serverInstanceOperation.code !== 'NULL') return [];
  const volumes = stage.simulator.state().blockStorages.filter((one) => one.serverInstanceNo === MINE);
  if (volumes.some((one) => one.blockStorageInstanceOperation.code !== 'NULL')) return [];
  stage.simulator.person.start(MINE);
  return [seenOnServer(stage, 'it was started')];
}

function restart(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  stage.simulator.person.restart(MINE);
  const second = Math.floor(stage.now() / 1000) * 1000;
  return [
    seenOnServer(stage, 'it was started again', (targets) =>
      targets.some((one) => one.serverInstanceNo === MINE && Date.parse(one.uptime) >= second),
    ),
  ];
}

/** The owner of the address wants it. A server from which somebody else took an address is left alone as well. */
function moveAddress(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.addressesOf(MINE);
  const address = simulator.state().publicIps.find((one) => one.publicIpInstanceNo === no);
  if (address === undefined || address.serverInstanceNo === OTHER) return [];
  const wasItsOwn = address.serverInstanceNo === MINE && address.publicIpInstanceOperation.code === 'NULL';
  simulator.person.movePublicIp(no, OTHER);
  return moved(stage, no, wasItsOwn, (target) => target.attachments.every((one) => one.no !== no));
}

function moveVolume(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.volumesOf(MINE);
  const volume = simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  if (volume === undefined || volume.serverInstanceNo === OTHER) return [];
  if (volume.blockStorageInstanceOperation.code === 'TERMT') return [];
  const wasItsOwn = volume.serverInstanceNo === MINE && volume.blockStorageInstanceOperation.code === 'NULL';
  simulator.person.moveStorage(no, OTHER);
  return moved(stage, no, wasItsOwn, (target) => target.attachments.every((one) => one.no !== no));
}

function moved(stage: Stage, no: string, wasItsOwn: boolean, isGoneFrom: (target: Target) => boolean): Claim[] {
  // These calls name the volume or the address and not its server: taken off the other server, it is free as before.
  const theirs = claim(stage, 'it belongs to another server', [no], { lostAfter: [taking(no)], naming: 'none' });
  if (!isThere(stage)) return [theirs];
  if (wasItsOwn) return [theirs, takenOff(stage, no, isGoneFrom)];
  // Then nobody knows that banap took it off, so the server may be left alone.
  return isUnanswered(stage, no) ? [theirs, { ...takenOff(stage, no, isGoneFrom), until: stage.now() }] : [theirs];
}

function isUnanswered({ simulator }: Stage, no: string): boolean {
  const last = simulator
    .journal()
    .findLast((entry) => entry.kind === 'call' && isChange(entry.action) && numbersIn(entry).includes(no));
  return last?.kind === 'call' && last.status === 0;
}

/** A server from which somebody took something off is left alone. */
function takenOff(stage: Stage, no: string, isGoneFrom: (target: Target) => boolean): Claim {
  const rest = stage.all(MINE).filter((one) => one !== no);
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.serverInstanceNo === MINE && isGoneFrom(one));
  return claim(stage, 'somebody took something off its server', rest, { lostAfter: [GONE, taking(no)], isInPlan });
}

function putVolumeBack(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.volumesOf(MINE);
  const volume = simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  const isFree = volume?.serverInstanceNo === '' && volume.blockStorageInstanceOperation.code === 'NULL';
  if (!isThere(stage) || !isFree) return [];
  simulator.person.moveStorage(no, MINE);
  return putBack(stage, no);
}

function putAddressBack(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.addressesOf(MINE);
  const address = simulator.state().publicIps.find((one) => one.publicIpInstanceNo === no);
  const isFree = address?.serverInstanceNo === '' && address.publicIpInstanceOperation.code === 'NULL';
  if (!isThere(stage) || !isFree) return [];
  simulator.person.movePublicIp(no, MINE);
  return putBack(stage, no);
}

/** Put back soon after the answer of taking it off was lost, it looks as if NCP had not taken the call. */
function putBack(stage: Stage, no: string): Claim[] {
  const isOurs = stage.simulator.journal().some((one) => isAccepted(one) && numbersIn(one).includes(no));
  return isOurs ? [{ ...seenOnServer(stage, 'it was put back'), doubtedBy: [taking(no)] }] : [];
}

/** While it is on no server. */
function borrow(stage: Stage): Claim[] {
  const [no] = stage.volumesOf(MINE);
  const volume = stage.simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  if (volume?.serverInstanceNo !== '') return [];
  return moveVolume(stage).map((one) => (one.things.length === 1 ? { ...one, why: BORROWED } : one));
}

const BORROWED = 'another server had it';

/** Unless a look in between saw it there, nothing has happened. */
function giveBack(stage: Stage, before: readonly Claim[]): Claim[] {
  const theirs = before.findLast(({ why }) => why === BORROWED);
  const [no = ''] = stage.volumesOf(MINE);
  const volume = stage.simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  if (theirs === undefined || volume?.serverInstanceNo !== OTHER) return [];
  stage.simulator.person.detachStorage(no);
  if (!isSeenSince(stage, theirs, 'getBlockStorageInstanceList')) theirs.until = stage.now();
  return [];
}

const taking = (no: string) => ({ changes: ['detach', 'disassociate'], no });

function detachVolume(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.volumesOf(MINE);
  const volume = simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  if (volume?.serverInstanceNo !== MINE || volume.blockStorageInstanceOperation.code !== 'NULL') return [];
  simulator.person.detachStorage(no);
  const isGoneFrom = (target: Target): boolean => target.attachments.every((one) => one.no !== no);
  return takenForThemselves(stage, no, isGoneFrom);
}

function disassociateAddress(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.addressesOf(MINE);
  const address = simulator.state().publicIps.find((one) => one.publicIpInstanceNo === no);
  if (address?.serverInstanceNo !== MINE || address.publicIpInstanceOperation.code !== 'NULL') return [];
  simulator.person.disassociatePublicIp(no);
  const isGoneFrom = (target: Target): boolean => target.attachments.every((one) => one.no !== no);
  return takenForThemselves(stage, no, isGoneFrom);
}

/** If somebody takes off what banap is taking off, and banap's answer is lost, it looks like banap's doing. */
function takenForThemselves(stage: Stage, no: string, isGoneFrom: (target: Target) => boolean): Claim[] {
  const doubtedBy = [taking(no)];
  const theirs: Partial<Claim> = { lostAfter: [GONE, taking(no)], doubtedBy, naming: 'none' };
  return [
    claim(stage, 'somebody took it off its server', [no], theirs),
    { ...takenOff(stage, no, isGoneFrom), doubtedBy },
  ];
}

/** It takes ten seconds. What the server leaves behind is theirs. */
function terminate(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  stage.simulator.person.setStatus(MINE, 'NSTOP', 'TERMT', 10);
  const [, ...leaves] = stage.all(MINE);
  return [
    claim(stage, 'somebody terminated its server', leaves, { lostAfter: [GONE], doubtedBy: [GONE], naming: 'all' }),
  ];
}

function attachVolume(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  const no = stage.simulator.person.attachStorage(MINE, { blockStorageName: 'new' });
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.attachments.some((each) => each.no === no));
  return [seenOnServer(stage, 'its server got another volume', isInPlan, [no])];
}

function replace(stage: Stage, before: readonly Claim[]): Claim[] {
  if (!isThere(stage)) return [];
  const things = [...stage.all(MINE), ...supersede(stage, before)];
  const no = stage.simulator.person.replace(MINE);
  const isInPlan = (targets: readonly Target[]): boolean => targets.some((one) => one.serverInstanceNo === no);
  return [claim(stage, 'its server was replaced', [...things, no], { isInPlan })];
}

function recreate(stage: Stage, before: readonly Claim[]): Claim[] {
  if (!isThere(stage)) return [];
  const things = [...stage.all(MINE), ...supersede(stage, before)];
  const createDate = stage.simulator.now();
  stage.simulator.person.recreate(MINE, { serverName: 'dev-1', createDate });
  const second = Math.floor(createDate.getTime() / 1000) * 1000;
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.serverInstanceNo === MINE && Date.parse(one.createDate) >= second);
  return [claim(stage, 'it is another server', things, { isInPlan })];
}

/** What only the earlier server showed can no longer be seen. Returns the things. */
function supersede(stage: Stage, before: readonly Claim[]): string[] {
  const ended = before.filter(({ lostAfter, until }) => lostAfter.includes(GONE) && until > stage.now());
  for (const one of ended) one.until = stage.now();
  return ended.filter(({ naming }) => naming !== 'none').flatMap(({ things }) => things);
}

async function said(stage: Stage, kind: Signal['kind'], planHash: string): Promise<Claim[]> {
  const at = stage.simulator.now().toISOString();
  await stage.store.say(REQUEST_ID, { kind, planHash, by: HANA, name: '', at, reason: 'demo' });
  return [claim(stage, `somebody said ${kind}`, everything(stage))];
}

/** For half an hour. */
async function pause(stage: Stage): Promise<Claim[]> {
  const [at, until] = [stage.now(), stage.now() + 30 * 60_000];
  const times = { at: new Date(at).toISOString(), until: new Date(until).toISOString() };
  await stage.store.pause({ account: ACCOUNT, policy: stage.policyTerms.policy, by: HANA, reason: 'demo', ...times });
  return [claim(stage, 'its policy is paused', everything(stage), { until })];
}

function sparing(stage: Stage): Claim[] {
  stage.policyNow = stage.publishing({ unless: [{ names: ['dev-1'] }] });
  return [claim(stage, 'its policy spares it', stage.all(MINE))];
}

function planning(stage: Stage): Claim[] {
  stage.policyNow = stage.publishing({ mode: 'plan' });
  return [claim(stage, 'its policy only plans', everything(stage))];
}

/** From 11:00 on, two hours after everything began. */
function narrowing(stage: Stage): Claim[] {
  const { window } = stage.policyTerms;
  stage.policyNow = stage.publishing({ window: window && { ...window, from: '11:00' } });
  return [claim(stage, 'the window is closed', everything(stage), { until: Date.parse('2026-03-01T02:00:00Z') })];
}

function claim(stage: Stage, why: string, things: readonly string[], changes: Partial<Claim> = {}): Claim {
  const [from, until] = [stage.now(), Number.POSITIVE_INFINITY];
  return { why, things, from, until, lostAfter: [], doubtedBy: [], isInPlan: never, naming: 'ours', ...changes };
}

/** Something that only the server itself shows. */
function seenOnServer(
  stage: Stage,
  why: string,
  isInPlan: Claim['isInPlan'] = never,
  also: readonly string[] = [],
): Claim {
  return claim(stage, why, [...stage.all(MINE), ...also], { lostAfter: [GONE], isInPlan });
}

const GONE = { changes: ['terminate'], no: MINE };

const never = (): boolean => false;

function everything(stage: Stage): string[] {
  return PLANNED.flatMap((no) => stage.all(no));
}

function serverOf({ simulator }: Stage) {
  return simulator.state().servers.find((one) => one.serverInstanceNo === MINE);
}

function isThere(stage: Stage): boolean {
  return (serverOf(stage)?.serverInstanceOperation.code ?? 'TERMT') !== 'TERMT';
}
