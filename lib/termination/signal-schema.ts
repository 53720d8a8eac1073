import * as z from 'zod';
import type { Signal } from './signals.ts';

/** A signal as it is kept, answered and reported. Keys that a newer version wrote are left out. */
export const signalSchema: z.ZodType<Signal> = z.object({
  kind: z.enum(['approve', 'reject', 'cancel']),
  planHash: z.string(),
  by: z.string().min(1),
  name: z.string(),
  at: z.iso.datetime({ offset: true }).describe('RFC 3339, written in UTC'),
  reason: z.string(),
});
