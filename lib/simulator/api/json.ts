import type { ReplyFields } from './reply.ts';

/**
 * Pretty-printed with two spaces and without a final newline. NCP's Go SDK (v2) cuts the reply from one byte before the
 * second `{` to the last but one byte, so neither compact JSON nor a trailing newline can be read by it.
 */
export function toJson(root: string, fields: ReplyFields): string {
  return JSON.stringify({ [root]: fields }, null, 2);
}
