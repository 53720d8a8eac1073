import * as z from 'zod';
import { SecretError } from './secret-error.ts';

const key = z.string().regex(/^[\x21-\x7e]+$/);

/** The two halves of an NCP API authentication key. */
export const ncloudKeysSchema = z
  .strictObject({ accessKey: key, secretKey: key })
  .meta({ example: '{"accessKey":"<access key>","secretKey":"<secret key>"}' });

/** Where reports go and the key they are signed with, as Standard Webhooks writes it. */
export const webhookSecretSchema = z
  .strictObject({ url: z.string().refine(isAllowedUrl), secret: z.string().refine(isSigningSecret) })
  .meta({
    example: '{"url":"https://<host>/<path>","secret":"whsec_<24 to 64 random bytes in base64>"}',
  });

/** A value to show to somebody who has to write such a secret; only placeholders. */
export function exampleOf(schema: z.ZodType): string {
  const example = schema.meta()?.['example'];
  return typeof example === 'string' ? example : '{"<key>":"<value>"}';
}

/**
 * The text of a secret as its schema describes it. Throws a SecretError that carries no cause: V8's JSON errors quote
 * the text they failed on, and the issues of a schema may quote values.
 */
export function parseSecret<T>(secretId: string, text: string, schema: z.ZodType<T>): T {
  const expected = `expected ${exampleOf(schema)}`;
  const parsed = schema.safeParse(jsonOf(text, secretId, expected));
  if (parsed.success) return parsed.data;
  const wrong = [...new Set(parsed.error.issues.flatMap(describeIssue))].join(', ');
  throw new SecretError('malformed', `secret ${secretId} has ${wrong}; ${expected}`);
}

function jsonOf(text: string, secretId: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SecretError('malformed', `secret ${secretId} is not JSON; ${expected}`);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => `an unknown key ${showKey(name)}`);
  if (issue.path.length === 0) return ['a value that is not an object'];
  return [`a missing or wrong value for ${issue.path.map(String).join('.')}`];
}

/** Somebody may have written a secret where a key belongs. Names are short and made of words; secrets have digits. */
function showKey(name: string): string {
  return /^[A-Za-z][A-Za-z_-]{0,30}$/.test(name) ? `"${name}"` : '(its name is not shown)';
}

function isAllowedUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function isSigningSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const bytes = Buffer.from(encoded, 'base64').length;
  return bytes >= 24 && bytes <= 64;
}
