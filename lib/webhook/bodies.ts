/** What callers send and receive: one definition for the checks and for `schemas/openapi.json`. */

import * as z from 'zod';
import { requestedBySchema } from '../termination/person.ts';
import { DEFAULT_TIMEZONE } from '../termination/rules.ts';
import type { RunView } from '../termination/status/run-view.ts';
import { runViewSchema, serverInstanceNo, serverViewObject } from '../termination/status/view-schema.ts';
import { policyAskSchema } from '../triggers/order.ts';
import { failureData, failureShape, noteData, noteSchema, reasonData, reasonShape } from '../wording/reason-data.ts';

/** The caller's name and the person it asks for stand together, and have at most 200 characters in all. */
const MOST_REQUESTED_BY = 140;

export const terminationAskSchema = policyAskSchema
  .extend({
    requestedBy: requestedBySchema(MOST_REQUESTED_BY).meta({
      description:
        'On whose behalf the caller asks; reports name the caller first. A person by id (`slack:U012ABC`, ' +
        '`naver-works:c72af563-0f21-4736-8ca2-dc4f5e9cbe5e`) is who asked, and may not approve the run unless the policy ' +
        'lets who asks. Text that is nearly such an id (other case, blanks, a name beside it) is refused.',
    }),
  })
  .meta({
    description: 'The policy to carry out, and on which of its servers. It can narrow a policy, never widen it.',
    examples: [
      { policy: 'nightly-dev', servers: ['1088217'], mode: 'terminate', reason: 'branch feature-12 was merged' },
      { policy: 'nightly-dev' },
    ],
  });

export const cancelSchema = z
  .strictObject({ reason: z.string().max(500, 'expected at most 500 characters').default('') })
  .meta({ description: 'Why the run should end.', examples: [{ reason: 'needed after all' }, {}] });

export const acceptedSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Names the run.' }),
    status: z.literal('accepted'),
    statusUrl: z.url().meta({ description: 'The status of the run; requests there are signed in the same way.' }),
    plan: z.null().meta({ description: 'The run makes the plan; the status URL shows it as soon as it exists.' }),
  })
  .meta({
    examples: [
      {
        id: 'webhook-ci-2f0d5c3b9a7e41d68c0b1f42',
        status: 'accepted',
        statusUrl: 'https://api.example.com/terminations/webhook-ci-2f0d5c3b9a7e41d68c0b1f42',
        plan: null,
      },
    ],
  });

export const cancelledSchema = z
  .strictObject({
    id: z.string(),
    status: z.literal('cancelling'),
    statusUrl: z.url().meta({ description: 'Shows whether the cancel came before the act.' }),
  })
  .meta({
    examples: [
      {
        id: 'webhook-ci-2f0d5c3b9a7e41d68c0b1f42',
        status: 'cancelling',
        statusUrl: 'https://api.example.com/terminations/webhook-ci-2f0d5c3b9a7e41d68c0b1f42',
      },
    ],
  });

/** All that is known of a run between its acceptance and its plan. */
export const pendingSchema = z
  .strictObject({ requestId: z.string(), state: z.literal('accepted') })
  .meta({ examples: [{ requestId: 'webhook-ci-2f0d5c3b9a7e41d68c0b1f42', state: 'accepted' }] });

/** A run view with its reasons as sentences and as data. */
const runObject = runViewSchema.extend({
  ...failureShape,
  refusal: noteSchema.nullable().describe('Why nothing of the plan is done; null if it may be done.'),
  servers: z.array(serverViewObject.extend(reasonShape)),
  attention: z.array(z.object({ serverInstanceNo, serverName: z.string(), ...reasonShape })),
});

type RunAnswer = z.output<typeof runObject>;

/** Times in sentences are in NCP's own zone and in UTC. */
export function runAnswer(card: RunView): RunAnswer {
  return {
    ...card,
    ...failureData(card.failure, DEFAULT_TIMEZONE),
    refusal: card.refusal === null ? null : noteData(card.refusal, DEFAULT_TIMEZONE),
    servers: card.servers.map((server) => ({ ...server, ...reasonData(server.reason, DEFAULT_TIMEZONE) })),
    attention: card.attention.map((one) => ({ ...one, ...reasonData(one.reason, DEFAULT_TIMEZONE) })),
  };
}

const run: RunAnswer = {
  requestId: 'webhook-ci-2f0d5c3b9a7e41d68c0b1f42',
  account: 'default',
  policy: 'nightly-dev',
  trigger: 'webhook',
  requestedBy: 'webhook:ci',
  askedBy: 'webhook:ci',
  reason: 'branch feature-12 was merged',
  state: 'awaiting-approval',
  status: '',
  error: '',
  failure: null,
  refusal: null,
  planHash: '5f1d7a84db15',
  createdAt: '2026-11-23T12:00:00.000Z',
  updatedAt: '2026-11-23T12:00:01.000Z',
  approvalUntil: '2026-11-24T12:00:00.000Z',
  actsAt: '',
  missingApprovals: 1,
  approvers: ['slack:U012ABC'],
  barred: [],
  servers: [
    {
      serverInstanceNo: '1088217',
      serverName: 'dev-web',
      createDate: '2026-10-14T09:00:00+09:00',
      about: {
        zoneCode: 'KR-1',
        size: { cpuCount: 2, memoryBytes: 4_294_967_296, productCode: 'SVR.VSVR.HICPU.C002.M004.NET.SSD.B050.G002' },
        owner: 'mina',
      },
      statusName: 'running',
      verdict: 'terminate',
      guard: '',
      reason: '',
      code: '',
      arguments: {},
      deletes: ['dev-web-data'],
      deletesBytes: 107_374_182_400,
      releases: ['203.0.113.7'],
      keeps: [],
      times: { stop: '', terminate: '', gone: '' },
    },
  ],
  attention: [],
  signals: [],
};

export const runSchema = runObject.meta({ description: 'A run as it is now, with its plan.', examples: [run] });
