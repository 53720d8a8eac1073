import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { callerSecretSchema, exampleOf, linkSecretSchema, parseSecret } from '../../../lib/aws/secret-schemas.ts';
import { naverWorksSecret } from '../../../lib/chat/naver-works/secret.ts';
import { slackSecret } from '../../../lib/chat/slack/secret.ts';

const pem = (modulusLength: number, type: 'pkcs8' | 'pkcs1' = 'pkcs8'): string =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type, format: 'pem' }).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
const bytes = (count: number, fill = 7): string => Buffer.alloc(count, fill).toString('base64');
const whsec = (count: number, fill = 7): string => `whsec_${bytes(count, fill)}`;

const slack = { botToken: 'xoxb-1234567890-Hidden', signingSecrets: ['8f742231b10e8888abcd99yyyzzz85a5'] };
const works = {
  clientId: 'client',
  clientSecret: 'Hidden0',
  serviceAccount: 'x.serviceaccount@example.com',
  privateKey: pem(2048),
  botId: '1000001',
  botSecret: 'Hidden1',
};

const fitting: [string, z.ZodType, object][] = [
  ['slack', slackSecret.schema, slack],
  ['slack with a token that is rotated', slackSecret.schema, { ...slack, botToken: 'xoxe.xoxb-1-Hidden' }],
  ['slack with three signing secrets', slackSecret.schema, { ...slack, signingSecrets: Array(3).fill('a'.repeat(32)) }],
  ['NAVER WORKS', naverWorksSecret.schema, works],
  ['NAVER WORKS with PKCS 1', naverWorksSecret.schema, { ...works, privateKey: pem(2048, 'pkcs1') }],
  ['a caller', callerSecretSchema, { keys: [whsec(24)] }],
  ['a caller with five keys', callerSecretSchema, { keys: [1, 2, 3, 4, 5].map((fill) => whsec(64, fill)) }],
  ['links', linkSecretSchema, { keys: [bytes(32)] }],
  ['links with three keys', linkSecretSchema, { keys: [1, 2, 3].map((fill) => bytes(64, fill)) }],
];
test.each(fitting)('a secret for %s is taken', (_title, schema, value) => {
  expect(parseSecret('banap/x', JSON.stringify(value), schema)).toEqual(value);
});

const wrong: [string, z.ZodType, object, string][] = [
  ['a token of a person', slackSecret.schema, { ...slack, botToken: 'xoxp-Hidden' }, 'botToken'],
  ['a token with a line break', slackSecret.schema, { ...slack, botToken: 'xoxb-Hidden\n' }, 'botToken'],
  ['no signing secret', slackSecret.schema, { ...slack, signingSecrets: [] }, 'signingSecrets'],
  ['four signing secrets', slackSecret.schema, { ...slack, signingSecrets: Array(4).fill('a'.repeat(32)) }, 'signing'],
  ['a short signing secret', slackSecret.schema, { ...slack, signingSecrets: ['Hidden'] }, 'signingSecrets.0'],
  ['a weak RSA key', naverWorksSecret.schema, { ...works, privateKey: pem(1024) }, 'privateKey'],
  ['a key of another kind', naverWorksSecret.schema, { ...works, privateKey: String(ec) }, 'privateKey'],
  ['a key that is none', naverWorksSecret.schema, { ...works, privateKey: 'Hidden' }, 'privateKey'],
  ['a bot id with a path', naverWorksSecret.schema, { ...works, botId: '1/../2' }, 'botId'],
  ['no bot secret', naverWorksSecret.schema, { ...works, botSecret: '' }, 'botSecret'],
  ['no key', callerSecretSchema, { keys: [] }, 'keys'],
  ['six keys', callerSecretSchema, { keys: [1, 2, 3, 4, 5, 6].map((fill) => whsec(32, fill)) }, 'keys'],
  ['the same key twice', callerSecretSchema, { keys: [whsec(32), whsec(32)] }, 'keys'],
  ['a short key', callerSecretSchema, { keys: [whsec(23)] }, 'keys.0'],
  ['a key without its prefix', callerSecretSchema, { keys: [bytes(32)] }, 'keys.0'],
  ['a short link key', linkSecretSchema, { keys: [bytes(31)] }, 'keys.0'],
  ['a link key that is no base64', linkSecretSchema, { keys: ['Hidden-'.repeat(8)] }, 'keys.0'],
  ['four link keys', linkSecretSchema, { keys: [1, 2, 3, 4].map((fill) => bytes(32, fill)) }, 'keys'],
];
test.each(wrong)('%s is wrong, and nothing of it is shown', (_title, schema, value, name) => {
  const attempt = (): unknown => parseSecret('banap/x', JSON.stringify(value), schema);
  expect(attempt).toThrow(`missing or wrong value for ${name}`);
  const shown = messageOf(attempt).replace(exampleOf(schema), '');
  for (const each of ['Hidden', 'xox', 'whsec_', 'BEGIN', bytes(32).slice(0, 12)]) expect(shown).not.toContain(each);
});

describe('the example', () => {
  test.each([slackSecret.schema, naverWorksSecret.schema, callerSecretSchema, linkSecretSchema])(
    'is JSON',
    (schema) => {
      expect(Object.keys(JSON.parse(exampleOf(schema)) as object)).not.toHaveLength(0);
    },
  );
});

function messageOf(attempt: () => unknown): string {
  try {
    return String(attempt());
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
