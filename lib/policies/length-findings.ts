/** Runs that would be cut off in the middle: an execution that lasts too long ends without a report. */

import { inWords } from '../calendar/duration.ts';
import type { Finding } from './finding.ts';
import { fixedTime } from './fixed-time.ts';
import type { Policy } from './schema.ts';
import type { Sound } from './sound.ts';

const DAY = 86_400;
/** Days; `executionTimeout` in `serverless.yml`. */
const EXECUTION = 60;
/** Days. The rest of an execution is for windows and holidays, whose length depends on when the run begins. */
const MOST = 50;

/**
 * `path` is that of the policy. Applies to `mode: plan` too: a policy that is being tried out must not become invalid when it
 * may act.
 */
export function lengthFindings(policy: Sound<Policy>, path: readonly PropertyKey[]): Finding[] {
  const parts = partsOf(policy).filter(({ seconds }) => seconds > 0);
  const sum = parts.reduce((all, { seconds }) => all + seconds, 0);
  if (sum <= MOST * DAY) return [];
  const listed = parts.map(({ what, seconds }) => `${what}: ${inWords(seconds)}`).join(', ');
  const message = `a run may last ${inWords(sum)} (${listed}), and is cut off after ${EXECUTION} days; expected at most ${MOST} days in all`;
  return [{ path, message, atKey: true }];
}

function partsOf({ approval, grace, deadlineMinutes = 0 }: Sound<Policy>): { what: string; seconds: number }[] {
  return [
    // A changed plan needs another approval, for as long again.
    { what: 'twice approval.expiresAfter', seconds: 2 * secondsOf(approval?.expiresAfter) },
    { what: 'the longest of grace.notify', seconds: Math.max(0, ...(grace?.notify ?? []).map(secondsOf)) },
    { what: 'grace.stopFor', seconds: secondsOf(grace?.stopFor) },
    { what: 'deadlineMinutes', seconds: Math.ceil(deadlineMinutes * 60) },
  ];
}

/** 0 if it is not a duration, which is reported elsewhere. */
function secondsOf(text: string | undefined): number {
  return text === undefined ? 0 : (fixedTime(text) ?? 0);
}
