/**
 * `policies.yml`: the one definition. It checks the file, what packaging compiles from it and what is published, and its
 * JSON Schema stands in `schemas/`. Descriptions and examples show in editors and in the messages of `policies check`.
 */

import * as z from 'zod';
import { criteriaShape } from '../termination/decision/criteria.ts';
import { requestSchema } from '../termination/request.ts';
import { DEFAULT_TAG_KEYS, DEFAULT_TIMEZONE } from '../termination/rules.ts';
import { SITE_NAMES } from '../termination/sites.ts';
import { approvalSchema, chatSchema } from './people-schema.ts';
import { ceilingsSchema } from './requests-schema.ts';
import { graceSchema, holidaysSchema, windowSchema } from './times-schema.ts';

const { storage, publicIp, limits, deadlineMinutes, region } = requestSchema.shape;

/** For policies and accounts. With service and stage in front it still fits into the name of a schedule. */
export const MOST_NAME = 31;

export const nameSchema = z
  .string()
  .max(MOST_NAME)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  .meta({
    description: 'Small letters, digits and single hyphens between them, at most 31 characters.',
    examples: ['nightly-dev'],
  });

const secretName = z
  .string()
  .max(512)
  .regex(/^[A-Za-z0-9/_+=.@-]+$/)
  .meta({ description: 'Name (not ARN) of a secret in AWS Secrets Manager.', examples: ['banap/dev/ncloud'] });

const tagKey = z.string().min(1).max(128);

const tagKeysSchema = z
  .strictObject({
    terminateAt: tagKey.default(DEFAULT_TAG_KEYS.terminateAt).meta({
      description: 'When a server ends: an instant such as 20261231T180000+0900, or a date.',
      examples: ['terminate-at'],
    }),
    ttl: tagKey
      .default(DEFAULT_TAG_KEYS.ttl)
      .meta({ description: 'How long after its creation a server ends: 36h, 7d, P1M.', examples: ['ttl'] }),
    keep: tagKey.default(DEFAULT_TAG_KEYS.keep).meta({
      description: 'Keeps a server, for ever or until a date, as in 2026-12-31_demo.',
      examples: ['keep'],
    }),
  })
  .prefault({})
  .meta({ description: 'The keys of the tags that people put on servers.', examples: [{ ttl: 'ttl' }] });

const accountName = nameSchema.meta({ description: 'Key of an account in `accounts`.', examples: ['default'] });
const environment = z
  .enum(['vpc', 'classic'])
  .meta({ description: 'Which NCP platform the servers are on.', examples: ['vpc'] });
const regionCode = region.meta({ description: "NCP's region code.", examples: ['KR'] });

const whichServers = {
  zones: criteriaShape.zones.meta({ examples: [['KR-1']] }),
  vpcs: criteriaShape.vpcs.meta({ examples: [['1234']] }),
  names: criteriaShape.names.meta({ examples: [['dev-*']] }),
  tags: criteriaShape.tags.meta({ examples: [{ env: 'dev', team: { in: ['web', 'app'] }, owner: { exists: true } }] }),
  olderThan: criteriaShape.olderThan.meta({ examples: ['7d'] }),
  statuses: criteriaShape.statuses.meta({ examples: [['RUN', 'NSTOP']] }),
};

const SELECT = {
  description:
    'Account, environment and region give the place; the rest selects servers. A server must meet all of it.',
  examples: [{ environment: 'vpc', names: ['dev-*'] }],
};

const selectSchema = z
  .strictObject({ account: accountName.default('default'), environment, region: regionCode, ...whichServers })
  .meta(SELECT);

/** As people write it: `inPlaces` makes a policy of each place. */
const severalSelectSchema = z
  .strictObject({
    account: accountName.default('default'),
    environment: environment.optional(),
    environments: z
      .array(environment)
      .min(1)
      .optional()
      .meta({
        description:
          'Several platforms, in the place of `environment`. The policy is then one for each place, named after it: nightly-dev-vpc-kr.',
        examples: [['vpc', 'classic']],
      }),
    region: regionCode,
    regions: z
      .union([z.literal('all'), z.array(regionCode.unwrap()).min(1)])
      .optional()
      .meta({
        description:
          "Several regions, in the place of `region`; all: those that NCP's pages list for the account's site.",
        examples: [['KR', 'SGN'], 'all'],
      }),
    ...whichServers,
  })
  .meta(SELECT);

const unlessEntrySchema = z
  .strictObject({
    account: accountName.optional(),
    environment: environment.optional(),
    region: regionCode
      .unwrap()
      .optional()
      .meta({ description: "NCP's region code.", examples: ['KR'] }),
    ...whichServers,
  })
  .meta({
    description: 'The same keys as in `select`; a server that meets all of them is left alone.',
    examples: [{ names: ['dev-db-*'] }],
  });

/** One exception of a policy, or a list of them. */
export type UnlessEntry = z.output<typeof unlessEntrySchema>;

const unlessSchema = z.union([unlessEntrySchema, z.array(unlessEntrySchema).min(1)]).meta({
  description: 'Servers that are left alone: they meet all of an entry, and of a list any entry.',
  examples: [{ names: ['dev-db-*'] }],
});

/** The exceptions of a policy, any one of which is enough; empty if it has none. */
export function unlessEntries(unless: Policy['unless']): UnlessEntry[] {
  if (unless === undefined) return [];
  return Array.isArray(unless) ? unless : [unless];
}

const POLICY = {
  description: 'One policy.',
  examples: [{ select: { environment: 'vpc', names: ['dev-*'] }, schedule: 'cron(0 21 ? * MON-FRI *)' }],
};
const POLICIES = {
  description: 'Policies by name.',
  examples: [{ 'nightly-dev': { select: { environment: 'vpc', names: ['dev-*'] } } }],
  minProperties: 1,
};

export const policySchema = z
  .strictObject({
    description: z
      .string()
      .max(500)
      .default('')
      .meta({ description: 'Its purpose, for readers of reports.', examples: ['Development servers go home'] }),
    mode: z
      .enum(['plan', 'terminate'])
      .default('plan')
      .meta({ description: 'plan: its schedule and events only look. terminate: they act.', examples: ['plan'] }),
    select: selectSchema,
    unless: unlessSchema.optional(),
    expiry: z
      .enum(['none', 'tags'])
      .default('none')
      .meta({
        description: 'none: every selected server. tags: those whose tags say that they are due.',
        examples: ['none'],
      }),
    schedule: z
      .string()
      .max(256)
      .optional()
      .meta({
        description: 'As EventBridge Scheduler writes it: cron(minute hour day month weekday year) or rate(…).',
        examples: ['cron(0 21 ? * MON-FRI *)'],
      }),
    timezone: z
      .string()
      .default(DEFAULT_TIMEZONE)
      .meta({ description: 'IANA time zone of schedule, window and dates.', examples: ['Asia/Seoul'] }),
    window: windowSchema.optional(),
    holidays: holidaysSchema.optional(),
    grace: graceSchema.optional(),
    approval: approvalSchema.optional(),
    chat: chatSchema.optional(),
    limits: limits.meta({ examples: [{ maxServers: 10, maxPercent: 20 }] }),
    storage: storage.meta({ examples: ['refuse'] }),
    publicIp: publicIp.meta({ examples: ['keep'] }),
    protection: z
      .enum(['respect', 'override'])
      .default('respect')
      .meta({ description: 'override: lifts termination protection that the plan showed.', examples: ['respect'] }),
    deadlineMinutes: deadlineMinutes.meta({ examples: [60] }),
    report: z
      .array(secretName)
      .min(1)
      .optional()
      .meta({
        description: "Secrets Manager names of report targets; the deployment's without it.",
        examples: [['banap/dev/webhook']],
      }),
  })
  .meta(POLICY);

const callerSchema = z
  .strictObject({
    secret: secretName.meta({
      description:
        'Name (not ARN) of a secret in AWS Secrets Manager with the keys of the caller: {"keys": ["whsec_…"]}.',
      examples: ['banap/dev/caller-ci'],
    }),
    policies: z
      .array(nameSchema)
      .min(1)
      .meta({ description: 'Policies that it may use.', examples: [['nightly-dev']] }),
  })
  .meta({
    description: 'One caller of the webhook.',
    examples: [{ secret: 'banap/dev/caller-ci', policies: ['nightly-dev'] }],
  });

export const policiesSchema = z.strictObject({
  version: z.literal(1).meta({ description: 'Of this format.', examples: [1] }),
  accounts: z
    .record(
      nameSchema,
      z
        .strictObject({
          secret: secretName,
          site: z
            .enum(SITE_NAMES)
            .optional()
            .meta({
              description:
                "Which of NCP's clouds it is in: it decides the gateway and the default region. Without it, the deployment's.",
              examples: ['gov'],
            }),
          environments: z
            .array(environment)
            .min(1)
            .optional()
            .meta({
              description: 'The platforms that it has, if not both; others are never asked.',
              examples: [['vpc']],
            }),
        })
        .meta({ description: 'One NCP account.', examples: [{ secret: 'banap/dev/ncloud' }] }),
    )
    .optional()
    .meta({
      description:
        "NCP accounts and the secrets with their keys. Without this there is one account, `default`, with the deployment's keys.",
      examples: [{ default: { secret: 'banap/dev/ncloud' } }],
      minProperties: 1,
    }),
  tags: tagKeysSchema,
  callers: z
    .record(nameSchema, callerSchema)
    .optional()
    .meta({
      description: 'Who may request runs over the webhook, and under which policies. Without this, nobody.',
      examples: [{ ci: { secret: 'banap/dev/caller-ci', policies: ['nightly-dev'] } }],
      minProperties: 1,
    }),
  requests: z
    .record(nameSchema, ceilingsSchema)
    .optional()
    .meta({
      description:
        'Accounts that take requests without a policy, from events and direct invocations, and the limits of each. Without this, none.',
      examples: [{ default: { maxServers: 5, maxPercent: 10 } }],
      minProperties: 1,
    }),
  policies: z.record(nameSchema, policySchema).meta(POLICIES),
});

const policies = z.record(nameSchema, policySchema.extend({ select: severalSelectSchema }).meta(POLICY)).meta(POLICIES);

/** As people write the file, with several places in one policy. */
export const writtenPoliciesSchema = policiesSchema.extend({ policies });

/** Every default filled in. Without `accounts` there is one, `default`, with the keys of the deployment. */
export type Policies = z.output<typeof policiesSchema>;
export type Policy = z.output<typeof policySchema>;
