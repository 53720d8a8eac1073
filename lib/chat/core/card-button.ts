import * as z from 'zod';
import { jsonFrom } from '../../text/json.ts';

export const CARD_ACTIONS = ['approve', 'reject', 'snooze-1d', 'snooze-3d', 'snooze-7d', 'keep', 'cancel'] as const;

export type CardAction = (typeof CARD_ACTIONS)[number];

/** The value of a click. It refers only to the plan that the person saw. */
export interface CardDecision {
  action: CardAction;
  requestId: string;
  planHash: string;
  /** The number of the one server that is meant; left out: all that the run has not finished. */
  server?: string;
}

/** One-letter keys: the value of a button may have 2,000 characters. */
const valueSchema = z.strictObject({
  a: z.enum(CARD_ACTIONS),
  r: z.string().min(1).max(200),
  p: z.string().max(200),
  s: z
    .string()
    .regex(/^[0-9]{1,20}$/)
    .exactOptional(),
});

export function buttonValue({ action, requestId, planHash, server }: CardDecision): string {
  return JSON.stringify({ a: action, r: requestId, p: planHash, ...(server !== undefined && { s: server }) });
}

/** Undefined if it is not one of ours, for example from an older version. */
export function parseButtonValue(value: string): CardDecision | undefined {
  const parsed = valueSchema.safeParse(jsonFrom(value));
  if (!parsed.success) return undefined;
  const { a: action, r: requestId, p: planHash, s: server } = parsed.data;
  return { action, requestId, planHash, ...(server !== undefined && { server }) };
}

/** The id of the menu in which one server is chosen. */
export const KEEP_ONE = 'banap.keep-one';
