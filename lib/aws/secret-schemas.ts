import * as z from 'zod';
import { CHAT_FORMATS } from '../reports/formats/names.ts';
import { SecretError } from './secret-error.ts';

/** A key, or another word that has to stay secret. */
export const keySchema = z.string().regex(/^[\x21-\x7e]+$/);

/** The two halves of an NCP API authentication key. */
export const ncloudKeysSchema = z
  .strictObject({ accessKey: keySchema, secretKey: keySchema })
  .meta({ example: '{"accessKey":"<access key>","secretKey":"<secret key>"}' });

/**
 * Where reports go: to a program, with the key they are signed with, as Standard Webhooks writes it, or to a chat's incoming
 * webhook, whose address is as secret as a key.
 */
export const webhookSecretSchema = z
  .union([
    z.strictObject({
      url: z.string().refine(isAllowedUrl),
      secret: z.string().refine(isSigningSecret),
      format: z.literal('standard').default('standard'),
    }),
    z.strictObject({
      url: z.string().refine(isAllowedUrl),
      format: z.enum(CHAT_FORMATS),
    }),
  ])
  .meta({
    example:
      '{"url":"https://<host>/<path>","secret":"whsec_<24 to 64 random bytes in base64>"}, or {"url":"https://<incoming webhook>","format":"slack"} (teams, jandi, discord)',
  });

/** What a webhook caller signs with, as Standard Webhooks writes it; any of them verifies. */
export const callerSecretSchema = z
  .strictObject({ keys: distinct(z.string().refine(isSigningSecret), 5) })
  .meta({ example: '{"keys":["whsec_<24 to 64 random bytes in base64>"]}' });

/** What the links of confirm pages are signed with. The first signs, any of them verifies. */
export const linkSecretSchema = z
  .strictObject({ keys: distinct(z.string().refine(isLinkKey), 3) })
  .meta({ example: '{"keys":["<32 to 64 random bytes in base64>"]}' });

/** An example for somebody who writes such a secret, with placeholders only. */
export function exampleOf(schema: z.ZodType): string {
  const example = schema.meta()?.['example'];
  return typeof example === 'string' ? example : '{"<key>":"<value>"}';
}

/**
 * The text of a secret as its schema describes it. Throws a SecretError that carries no cause: V8's JSON errors quote
 * the text that they failed on, and schema issues may quote values.
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
  const bytes = text.startsWith('whsec_') ? bytesIn(text.slice('whsec_'.length)) : 0;
  return bytes >= 24 && bytes <= 64;
}

function isLinkKey(text: string): boolean {
  const bytes = bytesIn(text);
  return bytes >= 32 && bytes <= 64;
}

/** 0 for what is not base64. */
function bytesIn(text: string): number {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64').length : 0;
}

/** A key that is listed twice was not rotated. */
function distinct(item: z.ZodType<string>, most: number): z.ZodType<string[]> {
  return z
    .array(item)
    .min(1)
    .max(most)
    .refine((keys) => new Set(keys).size === keys.length);
}
