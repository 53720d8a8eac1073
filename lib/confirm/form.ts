import * as z from 'zod';
import { mustBeOfType, textOf } from '../http/body.ts';
import { HttpProblem } from '../http/problem.ts';
import type { HttpRequest } from '../http/request.ts';

/** What the page's form sends: the button's word, and the reason. */
export const formSchema = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: z.string().max(500).default(''),
});

/** What it sends to the path for rejections. */
export const rejectionSchema = formSchema.extend({ decision: z.literal('reject') });

/** Throws a 400 or a 415; unknown and repeated fields are refused. */
export function formFrom(
  request: HttpRequest,
  schema: typeof formSchema | typeof rejectionSchema,
): z.output<typeof formSchema> {
  mustBeOfType(request, 'application/x-www-form-urlencoded');
  const fields = [...new URLSearchParams(textOf(request))];
  const parsed = schema.safeParse(Object.fromEntries(fields));
  const isOnce = new Set(fields.map(([name]) => name)).size === fields.length;
  if (parsed.success && isOnce) return parsed.data;
  throw new HttpProblem(400, 'the form is not the one on the page');
}
