import * as z from 'zod';
import type { CardServer, RunCard } from './run-card.ts';
import type { Attention } from './select.ts';
import { wordSchema } from './word-schema.ts';

const serverInstanceNo = z.string().meta({ examples: ['1088217'] });

/** What wants attention as it is kept, answered and reported. Keys that a newer version wrote are left out, in all of these. */
export const attentionSchema: z.ZodType<Attention> = z.object({
  serverInstanceNo,
  serverName: z.string(),
  reason: z.string(),
});

/** An older version did not write them. */
const names = z.array(z.string()).default([]);

const cardServerSchema: z.ZodType<CardServer> = z.object({
  serverInstanceNo,
  serverName: z.string(),
  statusName: z.string(),
  verdict: z.string(),
  guard: z.string(),
  reason: z.string(),
  deletes: names.describe('Names of volumes that are deleted with it; after: that were.'),
  releases: names.describe('Addresses that are released with it; after: that were.'),
  keeps: names.describe('Volumes and addresses that stay, and go on costing money.'),
});

const instant = z.iso.datetime();
const instantOrEmpty = z.union([z.literal(''), instant]);

/** A card as it is kept and answered. */
export const runCardSchema: z.ZodType<RunCard> = z.object({
  requestId: z.string(),
  account: z.string(),
  policy: z.string(),
  trigger: z.string(),
  requestedBy: z.string(),
  askedBy: z.string().describe('Channel and id; empty where nobody asked.'),
  reason: z.string(),
  state: z.enum(['awaiting-approval', 'announced', 'working', 'ended']),
  status: z.string().describe("The report's; empty before it is there."),
  summary: z.string(),
  planHash: z.string().describe('Names the plan that approvals are about.'),
  createdAt: instant,
  updatedAt: instant,
  approvalUntil: instantOrEmpty,
  actsAt: instantOrEmpty,
  missingApprovals: z.int().min(0),
  approvers: z.array(z.string()),
  barred: z.array(z.string()).describe('Approvers who may only reject, because they asked for the run.'),
  servers: z.array(cardServerSchema),
  attention: z.array(attentionSchema),
  words: z.array(wordSchema),
});
