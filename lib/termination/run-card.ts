import type { Attention } from './select.ts';
import type { Word } from './words.ts';

/**
 * A run as others see it: who asks for its status, chat, the confirm page. The run writes it in its own steps; it holds
 * no secret and fits into one item of the ledger.
 */
export interface RunCard {
  requestId: string;
  account: string;
  policy: string;
  trigger: string;
  requestedBy: string;
  reason: string;
  /** Where the run is. `ended`: `status` and `summary` say how. */
  state: 'awaiting-approval' | 'announced' | 'working' | 'ended';
  /** Of the report; empty before it is there. */
  status: string;
  summary: string;
  planHash: string;
  /** RFC 3339 in UTC. */
  createdAt: string;
  updatedAt: string;
  /** RFC 3339 in UTC; empty where it is not known. When an approval is over, and when the first act may happen. */
  approvalUntil: string;
  actsAt: string;
  /** How many people have yet to agree. */
  missingApprovals: number;
  approvers: string[];
  servers: CardServer[];
  attention: Attention[];
  /** What people said to it, oldest first. */
  words: Word[];
}

export interface CardServer {
  serverInstanceNo: string;
  serverName: string;
  /** `serverInstanceStatusName` at the last look. */
  statusName: string;
  /** `terminate`, `wait`, `refuse`, `already-gone` before; the result of the outcome after. */
  verdict: string;
  guard: string;
  reason: string;
}

/** Where people see a run: one message in each chat, changed in place. Never throws; a chat that is down holds nothing up. */
export interface Board {
  show(card: RunCard): Promise<void>;
  /** A notice of its own besides the message: `text` names the real time. */
  notify(card: RunCard, text: string): Promise<void>;
}
