/** What each sentence says, as data: for programs, and for other languages. */

import * as z from 'zod';
import type { Failure } from '../termination/failure.ts';
import type { Reason } from '../termination/reasons.ts';
import { inEnglish } from './say.ts';

const data = {
  code: z.string().describe('Which reason it is; empty where there is none.'),
  arguments: z.record(z.string(), z.unknown()).describe('What the sentence of this code is about.'),
};

/** Keys of a row that has a reason. */
export const reasonShape = { reason: z.string(), ...data };

/** A sentence that stands by itself. */
export const noteSchema = z.object({ text: z.string(), ...data });

/** What made a run fail as a whole. */
export const failureShape = {
  error: z.string().describe('What made the run itself fail, in English; empty otherwise.'),
  failure: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The same as data: its `kind` and what that is about, such as `of` and `code`; null otherwise.'),
};

interface ReasonData {
  reason: string;
  code: string;
  arguments: Record<string, unknown>;
}

/** In English, with times in this zone and in UTC. */
export function reasonData(reason: Reason | null, timezone: string): ReasonData {
  if (reason === null) return { reason: '', code: '', arguments: {} };
  const { code, ...args } = reason;
  return { reason: inEnglish(reason, timezone), code, arguments: args };
}

export function noteData(note: Reason, timezone: string): z.output<typeof noteSchema> {
  const { reason: text, ...rest } = reasonData(note, timezone);
  return { text, ...rest };
}

export function failureData(failure: Failure | null, timezone: string): { error: string; failure: Failure | null } {
  return { error: failure === null ? '' : inEnglish({ code: 'broke-off', failure }, timezone), failure };
}
