/** One JSON line for each thing that happened, in CloudWatch. Called from within steps, so that a replay repeats none. */

import { messageOf } from '../errors.ts';
import { eventInWords } from '../reports/words.ts';
import type { Event } from '../termination/events.ts';
import type { Plan } from '../termination/planning/plan.ts';
import type { TerminationRequest } from '../termination/request.ts';
import type { CarriedOut } from '../triggers/carry-out.ts';
import { noteData } from '../wording/reason-data.ts';

export function logPlan({ requestId, environment, region, mode, timezone }: TerminationRequest, plan: Plan): void {
  const { hash, regionHolds, refusal, notes, items } = plan;
  write({
    message: 'plan',
    requestId,
    environment,
    region,
    mode,
    hash,
    regionHolds,
    refusal: refusal === null ? null : noteData(refusal.reason, timezone),
    notes: notes.map((note) => noteData(note, timezone)),
    servers: items.length,
  });
}

export function logUnread({ requestId }: TerminationRequest, reason: string, againSeconds: number): void {
  write({ message: 'unread', requestId, reason, againSeconds });
}

export function logEvents({ requestId }: TerminationRequest, events: readonly Event[]): void {
  for (const event of events) write({ message: event.kind, requestId, text: eventInWords(event), ...event });
}

/** Logs a whole report that could not be delivered, in pieces that fit a log line. */
export function logResult({ report, delivery, unwritten }: CarriedOut): void {
  const { requestId, status, summary, apiCalls } = report;
  write({ message: 'result', requestId, status, summary, delivery, unwritten, apiCalls: apiCalls.total });
  if (delivery.state === 'delivered') return;
  const text = JSON.stringify(report);
  const pieces = Math.ceil(text.length / PIECE);
  for (let piece = 0; piece < pieces; piece += 1) {
    const part = text.slice(piece * PIECE, (piece + 1) * PIECE);
    write({ message: 'report', requestId, piece: piece + 1, pieces, report: part });
  }
}

const PIECE = 60_000;

export function logFailure(error: unknown): void {
  write({ message: 'failed', error: messageOf(error) });
}

function write(line: Record<string, unknown>): void {
  // As an object: Lambda's JSON log format turns its keys into searchable fields.
  console.log(line);
}
