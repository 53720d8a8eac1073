import * as z from 'zod';
import { type Failure } from '../failure.ts';
import { NOTHING_KNOWN } from '../model.ts';
import type { Attention } from '../planning/select.ts';
import type { Reason } from '../reasons.ts';
import { signalSchema } from '../signal-schema.ts';
import type { RunView, ServerView } from './run-view.ts';

export const serverInstanceNo = z.string().meta({ examples: ['1088217'] });

/** Code and arguments; what another version wrote under a code of its own is kept as it is. */
const reasonSchema: z.ZodType<Reason> = z.custom<Reason>(
  (value) => typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string',
);

/** As it is kept. Keys that a newer version wrote are left out, in all of these. */
const attentionSchema: z.ZodType<Attention> = z.object({
  serverInstanceNo,
  serverName: z.string(),
  reason: reasonSchema,
});

const failureSchema: z.ZodType<Failure> = z.custom<Failure>(
  (value) => typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string',
);

/** An older version did not write them. */
const names = z.array(z.string()).default([]);

const aboutSchema = z
  .object({
    zoneCode: z.string(),
    size: z.object({
      cpuCount: z.int(),
      memoryBytes: z.int(),
      productCode: z.string().describe("NCP's, which its price goes by."),
    }),
    owner: z.string().describe('What its owner tag says; empty without one.'),
  })
  .describe('What people know it by; 0 and empty where it is not known.');

export const serverViewObject = z.object({
  serverInstanceNo,
  serverName: z.string(),
  createDate: z.string().default('').describe('RFC 3339; empty where it is not known.'),
  about: aboutSchema.default(NOTHING_KNOWN),
  statusName: z.string(),
  verdict: z.string(),
  guard: z.string(),
  reason: reasonSchema.nullable(),
  deletes: names.describe('Names of volumes that are deleted with it; after: that were.'),
  deletesBytes: z.int().default(0).describe('How much those volumes hold together.'),
  releases: names.describe('Addresses that are released with it; after: that were.'),
  times: z
    .object({ stop: z.string(), terminate: z.string(), gone: z.string() })
    .default({ stop: '', terminate: '', gone: '' })
    .describe('When stopping and terminating were last asked for, and when it was first missing; RFC 3339, or empty.'),
  keeps: names.describe('Volumes and addresses that stay, and go on costing money.'),
});

const instant = z.iso.datetime();
const instantOrEmpty = z.union([z.literal(''), instant]);

/** A view as it is kept. */
export const runViewSchema = z.object({
  requestId: z.string(),
  account: z.string(),
  policy: z.string(),
  trigger: z.string(),
  requestedBy: z.string(),
  askedBy: z.string().describe('Channel and id; empty where nobody asked.'),
  reason: z.string(),
  state: z.enum(['awaiting-approval', 'announced', 'working', 'ended']),
  status: z.string().describe("The report's; empty before it is there."),
  // An older version wrote a sentence in place of it, a newer one may know other kinds.
  failure: failureSchema.nullable().catch(null),
  refusal: reasonSchema.nullable(),
  planHash: z.string().describe('Names the plan that approvals are about.'),
  createdAt: instant,
  updatedAt: instant,
  approvalUntil: instantOrEmpty,
  actsAt: instantOrEmpty,
  missingApprovals: z.int().min(0),
  approvers: z.array(z.string()),
  barred: z.array(z.string()).describe('Approvers who may only reject, because they asked for the run.'),
  servers: z.array(serverViewObject satisfies z.ZodType<ServerView>),
  attention: z.array(attentionSchema),
  signals: z.array(signalSchema),
}) satisfies z.ZodType<RunView>;
