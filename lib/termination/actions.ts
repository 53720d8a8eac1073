/**
 * What banap does to NCP, one row each. A row that lacks something does not compile; nothing else knows the order of a pass, nor which
 * of them have to be written down first.
 */

/** What outlives its server. */
export type Resource = 'blockStorage' | 'publicIp';

interface ActionRow {
  /** What comes first in a pass: what prepares a server before what ends one. */
  order: number;
  /** What a call is about: the server, or what is on it. */
  about: 'server' | Resource;
  /** Written down before it is sent: what somebody else took off or ended is not ours to free, nor is their protection ours. */
  isRecordedFirst: boolean;
  /** How long NCP takes at least, in seconds: looking sooner shows nothing new. 0: with its answer. */
  showsAfterSeconds: number;
}

export const ACTIONS = {
  stop: { order: 1, about: 'server', isRecordedFirst: false, showsAfterSeconds: 10 },
  detach: { order: 2, about: 'blockStorage', isRecordedFirst: true, showsAfterSeconds: 5 },
  disassociate: { order: 3, about: 'publicIp', isRecordedFirst: true, showsAfterSeconds: 2 },
  liftProtection: { order: 4, about: 'server', isRecordedFirst: true, showsAfterSeconds: 0 },
  terminate: { order: 5, about: 'server', isRecordedFirst: true, showsAfterSeconds: 10 },
  deleteStorage: { order: 6, about: 'blockStorage', isRecordedFirst: false, showsAfterSeconds: 5 },
  releasePublicIp: { order: 7, about: 'publicIp', isRecordedFirst: false, showsAfterSeconds: 0 },
  /** While the run is held back, and at its end, on what is still there. */
  restoreProtection: { order: 8, about: 'server', isRecordedFirst: false, showsAfterSeconds: 0 },
} as const satisfies Record<string, ActionRow>;

/** One thing done to NCP for one server. */
export type ActionName = keyof typeof ACTIONS;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
const NAMES = Object.keys(ACTIONS) as ActionName[];

export const ACTION_NAMES: readonly ActionName[] = NAMES.toSorted((a, b) => ACTIONS[a].order - ACTIONS[b].order);

export interface Action {
  name: ActionName;
  serverInstanceNo: string;
  /** Block storage or public IP numbers, for the actions on those; empty otherwise. */
  on: string[];
}
