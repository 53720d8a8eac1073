import { oneLine } from './one-line.ts';

/** What people say to a run while it waits or works. Kept in the store; a run reads it whenever it looks. */
export interface Signal {
  kind: 'approve' | 'reject' | 'cancel';
  /** The plan that the person saw; empty for `cancel`, which means the run whatever its plan is. */
  planHash: string;
  /** Channel and id, for example `slack:U012ABC`. */
  by: string;
  /** As people call them. */
  name: string;
  /** RFC 3339 in UTC. */
  at: string;
  reason: string;
}

/** Who has to agree to a plan. */
export interface Approval {
  /** Asked for when the plan touches more servers than this; 0: always. */
  aboveServers: number;
  /** Two different people above this many servers; undefined: one is always enough. */
  twoAboveServers: number | undefined;
  /** Every id of everybody who may, compared with {@link Signal.by}. */
  approvers: string[];
  /** Those of them who have several ids, each with all of theirs: somebody in two chats is still one person. */
  persons: string[][];
  /** Whether the person who asked for the run may agree to it. */
  selfApproval: boolean;
  expiresAfterSeconds: number;
}

export type Judgement =
  | { kind: 'approved'; by: Signal[] }
  | { kind: 'rejected'; by: Signal }
  | { kind: 'waiting' /** How many more people must agree. */; missing: number };

/** How many people must agree to a plan of so many servers. */
export function peopleNeeded(approval: Approval | null, servers: number): number {
  if (approval === null || servers <= approval.aboveServers) return 0;
  return approval.twoAboveServers !== undefined && servers > approval.twoAboveServers ? 2 : 1;
}

/**
 * What the signals of approvers about this very plan come to. One rejection is enough, no matter who agreed before. Signals about
 * another plan, and of people who are not approvers, count for nothing.
 */
export function judgeSignals(
  approval: Approval,
  { planHash, requestedBy, needed }: { planHash: string; requestedBy: string; needed: number },
  signals: readonly Signal[],
): Judgement {
  const counted = signals.filter((signal) => signal.planHash === planHash && mayDecide(approval, signal.by));
  const rejection = counted.find((signal) => signal.kind === 'reject');
  if (rejection !== undefined) return { kind: 'rejected', by: rejection };
  const people = whoAgreed(approval, { planHash, requestedBy }, signals);
  if (people.length >= needed) return { kind: 'approved', by: people.slice(0, Math.max(needed, 1)) };
  return { kind: 'waiting', missing: needed - people.length };
}

/** The first signal of each person who agreed to this plan and may, and who did not ask for it. */
export function whoAgreed(
  approval: Approval,
  { planHash, requestedBy }: { planHash: string; requestedBy: string },
  signals: readonly Signal[],
): Signal[] {
  const isAsker = (by: string): boolean => isSamePerson(approval, by, requestedBy);
  const agreed = signals.filter(
    ({ kind, by, planHash: about }) =>
      kind === 'approve' && about === planHash && mayDecide(approval, by) && (approval.selfApproval || !isAsker(by)),
  );
  return agreed.filter(
    ({ by }, index) => !agreed.slice(0, index).some((earlier) => isSamePerson(approval, earlier.by, by)),
  );
}

export function mayDecide(approval: Approval, by: string): boolean {
  return approval.approvers.includes(by);
}

/** Whether two ids are one person's, as far as the policy says so. */
export function isSamePerson({ persons }: Pick<Approval, 'persons'>, one: string, other: string): boolean {
  return one === other || persons.some((ids) => ids.includes(one) && ids.includes(other));
}

/** `김하나 (slack:U012) rejected it: demo`. */
export function inWords({ name, by, reason }: Signal, did: string): string {
  return oneLine(`${personInWords(by, name)} ${did}${reason === '' ? '' : `: ${reason}`}`, MOST_TEXT);
}

/** Each of 200 servers repeats it, and the answer of a step holds 256 KB; the signal keeps all of it. */
export const MOST_TEXT = 160;

/** `김하나 (slack:U012)`; only the id where no name is known. */
export function personInWords(by: string, name: string): string {
  return name === '' ? by : `${name} (${by})`;
}
