/** What a person may do between two calls, and what that asks to stay. */

import type { Target } from '../../lib/termination/model.ts';
import type { Word } from '../../lib/termination/words.ts';
import { holdOn } from '../termination/desk.ts';
import { HANA } from '../termination/people.ts';
import type { Claim } from './claims.ts';
import { MINE, OTHER, PLANNED, REQUEST_ID, type Stage } from './stage.ts';

export interface PersonsAct {
  name: string;
  /** What was done one boundary earlier; where nothing could be, nothing is done at all. */
  before?: (stage: Stage) => Claim[];
  /** Does it. No claims: it was too late, or there was nothing to do it to. */
  does: (stage: Stage, before: readonly Claim[]) => Claim[];
}

export const ACTS: readonly PersonsAct[] = [
  { name: 'hold', does: hold },
  { name: 'release the hold', before: hold, does: release },
  { name: 'keep tag', does: onServer((stage) => stage.simulator.person.setTag(MINE, 'keep', 'demo')) },
  { name: 'rename', does: onServer((stage) => stage.simulator.person.rename(MINE, 'prod-9')) },
  { name: 'protect', does: protect },
  { name: 'stop-start', does: restart },
  { name: 'move the address', does: moveAddress },
  { name: 'move a volume', does: moveVolume },
  { name: 'attach a volume', does: attachVolume },
  { name: 'replace by one of the same name', does: replace },
  { name: 'replace under the same number', does: recreate },
  { name: 'cancel', does: (stage) => said(stage, 'cancel', '') },
  { name: 'reject', does: (stage) => (stage.shown === undefined ? [] : said(stage, 'reject', stage.shown.planHash)) },
  { name: 'pause', does: pause },
  { name: 'policy spares it', does: sparing },
  { name: 'policy only plans', does: planning },
  { name: 'narrow the window', does: narrowing },
];

function hold(stage: Stage): Claim[] {
  const at = stage.simulator.now().toISOString();
  stage.ledger.hold({ ...holdOn(MINE), by: HANA, at });
  return [claim(stage, 'it is held', stage.all(MINE))];
}

function release(stage: Stage, before: readonly Claim[]): Claim[] {
  stage.ledger.release(MINE);
  for (const one of before) one.until = stage.now();
  return [...before];
}

/** Something that is done to the server itself, which nobody can do any more once it is being terminated. */
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

/** Whose address it is. A server from which somebody else took one is left alone as well. */
function moveAddress(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.addressesOf(MINE);
  const address = simulator.state().publicIps.find((one) => one.publicIpInstanceNo === no);
  if (address === undefined) return [];
  const wasItsOwn = address.serverInstanceNo === MINE && address.publicIpInstanceOperation.code === 'NULL';
  simulator.person.movePublicIp(no, OTHER);
  return moved(stage, no, wasItsOwn, (target) => target.publicIps.every((one) => one.publicIpInstanceNo !== no));
}

function moveVolume(stage: Stage): Claim[] {
  const { simulator } = stage;
  const [no = ''] = stage.volumesOf(MINE);
  const volume = simulator.state().blockStorages.find((one) => one.blockStorageInstanceNo === no);
  if (volume === undefined || volume.blockStorageInstanceOperation.code === 'TERMT') return [];
  const wasItsOwn = volume.serverInstanceNo === MINE && volume.blockStorageInstanceOperation.code === 'NULL';
  simulator.person.moveStorage(no, OTHER);
  return moved(stage, no, wasItsOwn, (target) => target.storages.every((one) => one.blockStorageInstanceNo !== no));
}

function moved(stage: Stage, no: string, wasItsOwn: boolean, isGoneFrom: (target: Target) => boolean): Claim[] {
  const rest = stage.all(MINE).filter((one) => one !== no);
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.serverInstanceNo === MINE && isGoneFrom(one));
  return [
    claim(stage, 'it belongs to another server', [no]),
    ...(wasItsOwn && isThere(stage)
      ? [seenOnServer(stage, 'somebody took something off its server', isInPlan, rest)]
      : []),
  ];
}

function attachVolume(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  const no = stage.simulator.person.attachStorage(MINE, { blockStorageName: 'new' });
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.storages.some((storage) => storage.blockStorageInstanceNo === no));
  return [seenOnServer(stage, 'its server got another volume', isInPlan, [...stage.all(MINE), no])];
}

function replace(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  const no = stage.simulator.person.replace(MINE);
  const isInPlan = (targets: readonly Target[]): boolean => targets.some((one) => one.serverInstanceNo === no);
  return [claim(stage, 'its server was replaced', [...stage.all(MINE), no], { isInPlan })];
}

function recreate(stage: Stage): Claim[] {
  if (!isThere(stage)) return [];
  const createDate = stage.simulator.now();
  stage.simulator.person.recreate(MINE, { serverName: 'dev-1', createDate });
  const second = Math.floor(createDate.getTime() / 1000) * 1000;
  const isInPlan = (targets: readonly Target[]): boolean =>
    targets.some((one) => one.serverInstanceNo === MINE && Date.parse(one.createDate) >= second);
  return [claim(stage, 'it is another server', stage.all(MINE), { isInPlan })];
}

function said(stage: Stage, kind: Word['kind'], planHash: string): Claim[] {
  const at = stage.simulator.now().toISOString();
  void stage.ledger.say(REQUEST_ID, { kind, planHash, by: HANA, name: '', at, reason: 'demo' });
  return [claim(stage, `somebody said ${kind}`, everything(stage))];
}

function pause(stage: Stage): Claim[] {
  const at = stage.simulator.now().toISOString();
  stage.ledger.pause({ account: '', policy: stage.fence.policy, by: HANA, reason: 'migration', at, until: '' });
  return [claim(stage, 'its policy is paused', everything(stage))];
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
  const { window } = stage.fence;
  stage.policyNow = stage.publishing({ window: window && { ...window, from: '11:00' } });
  return [claim(stage, 'the window is closed', everything(stage), { until: Date.parse('2026-03-01T02:00:00Z') })];
}

function claim(stage: Stage, why: string, things: readonly string[], changes: Partial<Claim> = {}): Claim {
  const from = stage.now();
  return { why, things, from, until: Number.POSITIVE_INFINITY, goesWithServer: false, isInPlan: never, ...changes };
}

/** Something that only the server itself shows. */
function seenOnServer(
  stage: Stage,
  why: string,
  isInPlan: Claim['isInPlan'] = never,
  things: readonly string[] = stage.all(MINE),
): Claim {
  return claim(stage, why, things, { goesWithServer: true, isInPlan });
}

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
