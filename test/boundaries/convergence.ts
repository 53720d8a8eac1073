/** Whether a run ended as it should: in time, with an outcome for every server, and with nothing left unnamed. */

import type { Lived } from './life.ts';
import { isAccepted, numbersIn, pinnedTo, type Wrong } from './oracle.ts';
import { DEADLINE_MINUTES, PLANNED } from './stage.ts';

export function unfinished(lived: Lived): Wrong[] {
  return [...withoutOutcome(lived), ...late(lived), ...constraints(lived), ...unnamed(lived)].map((says) => ({
    rule: says.replaceAll(/\d{4,}/g, 'N'),
    says,
  }));
}

function withoutOutcome({ report }: Lived): string[] {
  if (report.error !== '') return [`the run broke off: ${report.error}`];
  const planned = report.plan?.servers ?? [];
  const missing = planned.filter(
    (one) => report.outcomes.filter((outcome) => outcome.serverInstanceNo === one.serverInstanceNo).length !== 1,
  );
  return missing.map((one) => `${one.serverInstanceNo} has not one outcome`);
}

/** A little longer than the deadline: a look under way is finished. */
function late({ journal, report, claims }: Lived): string[] {
  const held = Math.max(Date.parse(report.startedAt), ...claims.map(({ until }) => until).filter(Number.isFinite));
  const latest = held + (DEADLINE_MINUTES + 5) * 60_000;
  const last = journal.findLast((entry) => entry.kind === 'call');
  return last !== undefined && Date.parse(last.at) > latest ? [`it was not over at ${last.at}`] : [];
}

/** What nobody asked to stay is gone. */
function constraints(lived: Lived): string[] {
  const { claims, stage, endState } = lived;
  const kept = new Set([
    ...claims.flatMap(({ things }) => things),
    ...leftInDoubt(lived).flatMap((no) => stage.all(no)),
    ...leftUnwatched(lived),
  ]);
  const isLeft = new Set([
    ...endState.servers.map((one) => one.serverInstanceNo),
    ...endState.blockStorages.map((one) => one.blockStorageInstanceNo),
    ...endState.publicIps.map((one) => one.publicIpInstanceNo),
  ]);
  return PLANNED.flatMap((no) => stage.all(no))
    .filter((no) => isLeft.has(no) && !kept.has(no))
    .map((no) => `${no} is still there, and nobody wanted it`);
}

/**
 * Where an answer was lost, protection that is on may be somebody's word, and so may what is on the server when nobody could
 * look for a minute: such a server stays.
 */
function leftInDoubt({ told: { scene, fault, engine }, report }: Lived): string[] {
  if (!fault.spec.includes('setProtectServerTermination:cut')) return [];
  const isDoubt = (code: string): boolean =>
    code === 'attached-again' || (code === 'taken-off-after-plan' && engine.deadSeconds > 60);
  return report.outcomes
    .filter(({ guard, code }) => (scene.isProtected && guard === 'protected') || isDoubt(code))
    .map((one) => one.serverInstanceNo);
}

/** What was off a server while nobody looked for long may have been used meanwhile. */
function leftUnwatched({ told: { engine }, report }: Lived): string[] {
  if (engine.deadSeconds <= 15 * 60) return [];
  return report.left.flatMap(({ no, code }) => (code === 'not-watched' ? [no] : []));
}

/** The report names what banap took off a server or a planned server left behind, unless somebody uses it: it costs money. */
function unnamed({ stage, targets, journal, endState, report, claims }: Lived): string[] {
  const free = [
    ...endState.blockStorages.filter((one) => one.serverInstanceNo === '').map((one) => one.blockStorageInstanceNo),
    ...endState.publicIps.filter((one) => one.serverInstanceNo === '').map((one) => one.publicIpInstanceNo),
  ];
  const ours = new Set(journal.filter(isAccepted).flatMap(numbersIn));
  const planned = new Set(targets.flatMap(pinnedTo));
  const named = new Set(report.left.map(({ no }) => no));
  const isToBeNamed = (no: string): boolean => {
    const namings = claims.filter(({ things }) => things.includes(no)).map(({ naming }) => naming);
    // If several people claimed it, banap may have obeyed the first, and nobody has looked since.
    const isAll = planned.has(no) && namings.length > 0 && namings.every((naming) => naming === 'all');
    return isAll || (ours.has(no) && !namings.includes('none'));
  };
  return PLANNED.flatMap((server) => stage.all(server))
    .filter((no) => free.includes(no) && isToBeNamed(no) && !named.has(no))
    .map((no) => `${no} is left free, and the report does not name it`);
}
