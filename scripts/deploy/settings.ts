/**
 * `stages.yml`: the settings of each deployment. Its keys are the params of `serverless.yml`, and the account besides; a
 * test holds the two equal.
 */

import * as z from 'zod';
import { linkSecretSchema, ncloudKeysSchema, webhookSecretSchema } from '../../lib/aws/secret-schemas.ts';
import { CHATS } from '../../lib/chat/registry.ts';
import { UNTAGGED } from '../../lib/ncloud/guesses.ts';

/** What may stand there, in words and as an example; `secret`: it names one, and this is in it. */
interface Setting {
  schema: z.ZodType<string>;
  expected: string;
  example: string;
  /** Without the setting. `stage` stands in the names of secrets. */
  fallback: (stage: string) => string;
  secret?: z.ZodType;
}

const secretName = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9/_+=.@-]+$/);

function ofSecret(example: string, secret: z.ZodType, fallback = (_stage: string): string => ''): Setting {
  const expected = 'the name (not the ARN, not the content) of a secret in Secrets Manager';
  return { schema: secretName, expected, example, fallback, secret };
}

function oneOf(values: readonly [string, ...string[]], fallback: string): Setting {
  return { schema: z.enum(values), expected: values.join(' or '), example: values[0], fallback: () => fallback };
}

const httpsUrl = z.url({ protocol: /^https$/ }).refine((url) => !url.endsWith('/'));
const host = /^[A-Za-z0-9.-]+$/;

/** Reserved for the function that terminates. Runs share NCP's request limits; more at once would only slow each other down. */
export const USUAL_CONCURRENCY = 5;

const SETTINGS = {
  region: {
    schema: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/),
    expected: 'an AWS region that offers durable functions',
    example: 'ap-northeast-2',
    fallback: () => '',
  },
  ncloudSecretId: ofSecret('banap/dev/ncloud', ncloudKeysSchema, (stage) => `banap/${stage}/ncloud`),
  ncloudApiGw: {
    schema: httpsUrl,
    expected: "NCP's gateway, an https address without a slash at the end",
    example: 'https://ncloud.apigw.ntruss.com',
    fallback: () => 'https://ncloud.apigw.ntruss.com',
  },
  ncloudUntagged: {
    schema: z.string().refine((text) => text.split(',').every((one) => UNTAGGED.some((known) => known === one.trim()))),
    expected: `how Resource Manager shows a VPC server without tags: ${UNTAGGED.join(', ')}, or several with commas between them`,
    example: 'empty,null',
    fallback: () => '',
  },
  reportWebhookSecretId: ofSecret('banap/dev/webhook', webhookSecretSchema),
  reportAllowHosts: {
    schema: z.string().refine((text) => text.split(',').every((one) => host.test(one.trim()))),
    expected: 'hosts in private networks that reports may go to, with commas between them',
    example: 'hooks.example.internal,10.0.0.5',
    fallback: () => '',
  },
  slackSecretId: ofSecret(CHATS.slack.secret.example, CHATS.slack.secret.schema),
  naverWorksSecretId: ofSecret(CHATS.naverWorks.secret.example, CHATS.naverWorks.secret.schema),
  confirmSecretId: ofSecret('banap/dev/confirm', linkSecretSchema),
  publicUrl: {
    schema: httpsUrl,
    expected: 'where the API is reached if it has a domain of its own, an https address without a slash at the end',
    example: 'https://banap.example.com',
    fallback: () => '',
  },
  language: oneOf(['en', 'ko'], ''),
  scheduleState: oneOf(['ENABLED', 'DISABLED'], 'ENABLED'),
  alarmEmail: {
    schema: z.email(),
    expected: 'the e-mail address that alarms go to',
    example: 'you@example.com',
    fallback: () => '',
  },
  reservedConcurrency: {
    schema: z.union([z.int().min(1).max(100), z.enum(['off', 'auto'])]).transform(String),
    expected: `a whole number from 1 to 100, off, or auto (${USUAL_CONCURRENCY} where the account has that many to spare)`,
    example: 'auto',
    fallback: () => 'auto',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** Something for every setting. */
export function forEachSetting<T>(make: (name: SettingName) => T): Record<SettingName, T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every one of the names
  return Object.fromEntries(SETTING_NAMES.map((name) => [name, make(name)])) as Record<SettingName, T>;
}

/** The same by name alone, for those who go through all of them. */
export const settingOf = (name: SettingName): Setting => SETTINGS[name];

export interface Stage {
  /** 1 to 20 small letters, digits and hyphens. */
  name: string;
  /** 12 digits; undefined: whichever the credentials are for, if somebody agrees. */
  account: string | undefined;
  /** Every setting, with defaults; `reservedConcurrency` may still be `auto`. Empty: without it. */
  settings: Record<SettingName, string>;
  /** Those that the file gives. */
  given: ReadonlySet<SettingName>;
}
