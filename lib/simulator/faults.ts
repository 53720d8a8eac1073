import { nearest } from '../text/nearest.ts';
import { actionNames } from './api/actions.ts';
import { SimulatorInputError } from './errors.ts';

/**
 * What a fault does to a call. `cut-after`, `garbage`, `truncate` and `empty` spoil only the answer: the action is done.
 * `missing` leaves one thing out of a list, as a list does that lags behind.
 */
export type FaultKind =
  | { type: 'returnCode'; returnCode: string }
  | { type: 'gateway'; status: number; errorCode: string }
  | { type: 'delay'; seconds: number }
  | { type: 'missing'; no: string }
  | { type: 'cut-before' | 'cut-after' | 'garbage' | 'truncate' | 'empty' | 'html' };

interface Fault {
  /** The part of the spec it came from, for the journal. */
  spec: string;
  kind: FaultKind;
}

interface FaultedCall {
  action: string;
  /** The numbers the call names, for faults on one server. */
  serverInstanceNos: readonly string[];
}

/** A fault that is due for a call. It counts as used only when spend() is called. */
export interface DueFault extends Fault {
  spend(): void;
}

export interface Faults {
  /** The first in the spec that fires for this call. */
  draw(call: FaultedCall): DueFault | undefined;
}

/**
 * `ACTION:KIND:HOW_OFTEN`, comma-separated, such as `terminateServerInstances:25022:2,*:429/410:10%`. ACTION may name one
 * server, `stopServerInstances@1001`. Throws SimulatorInputError naming the part that cannot be read.
 */
export function parseFaults(spec: string, seed: number): Faults {
  const random = mulberry32(seed);
  const parts = spec.split(',').map((part) => part.trim());
  const rules = parts.filter((part) => part !== '').map((part) => parsePart(part));
  return {
    draw: (call) => {
      const rule = rules.find((each) => matches(each, call) && isDue(each, random));
      if (!rule) return undefined;
      return {
        spec: rule.spec,
        kind: rule.kind,
        spend: () => {
          rule.left -= 1;
        },
      };
    },
  };
}

interface Rule extends Fault {
  action: string;
  serverInstanceNo: string | undefined;
  /** Share of calls, 0 to 1; 1 with a number of calls left. */
  chance: number;
  left: number;
}

function parsePart(part: string): Rule {
  const [target, kind, howOften, ...rest] = part.split(':');
  if (!target || !kind || !howOften || rest.length > 0) {
    throw problem(part, 'has not the form ACTION:KIND:HOW_OFTEN, such as terminateServerInstances:25022:2');
  }
  const [action, serverInstanceNo, ...more] = target.split('@');
  if (!action || more.length > 0) throw problem(part, 'names its action wrongly; write ACTION or ACTION@1001');
  if (serverInstanceNo !== undefined && !/^[0-9]+$/.test(serverInstanceNo)) {
    throw problem(part, `names a server "${serverInstanceNo}" that is not a number, such as ${action}@1001`);
  }
  return {
    spec: part,
    action: knownAction(part, action),
    serverInstanceNo,
    kind: parseKind(part, kind),
    ...parseHowOften(part, howOften),
  };
}

function knownAction(part: string, action: string): string {
  if (action === '*' || actionNames.includes(action)) return action;
  const meant = nearest(action, actionNames);
  throw problem(
    part,
    `names no action: ${meant ? `did you mean ${meant}?` : `the actions are ${actionNames.join(', ')}`}`,
  );
}

const plainKinds = ['cut-before', 'cut-after', 'garbage', 'truncate', 'empty', 'html'] as const;

function parseKind(part: string, text: string): FaultKind {
  const plain = plainKinds.find((each) => each === text);
  if (plain) return { type: plain };
  if (/^[1-9][0-9]{0,6}$/.test(text)) return { type: 'returnCode', returnCode: text };
  const gateway = /^([45][0-9]{2})\/([0-9]{1,4})$/.exec(text);
  if (gateway) return { type: 'gateway', status: Number(gateway[1]), errorCode: gateway[2] ?? '' };
  const delay = /^delay=([0-9]+(?:\.[0-9]+)?)$/.exec(text);
  // Longer than a day would overflow the timer and fire at once.
  if (delay && Number(delay[1]) <= 86_400) return { type: 'delay', seconds: Number(delay[1]) };
  const missing = /^missing=([0-9]+)$/.exec(text);
  if (missing) return { type: 'missing', no: missing[1] ?? '' };
  throw problem(
    part,
    `has the unknown kind "${text}"; kinds are a return code (25016), HTTP/errorCode (429/410), delay=SECONDS (up to 86400), missing=NUMBER, ${plainKinds.join(', ')}`,
  );
}

function parseHowOften(part: string, text: string): { chance: number; left: number } {
  const percentage = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(text);
  if (percentage && Number(percentage[1]) <= 100) {
    return { chance: Number(percentage[1]) / 100, left: Number.POSITIVE_INFINITY };
  }
  if (/^[1-9][0-9]{0,8}$/.test(text)) return { chance: 1, left: Number(text) };
  throw problem(part, `says "${text}" for how often; write a number of calls (3) or a percentage (10%)`);
}

function problem(part: string, what: string): SimulatorInputError {
  return new SimulatorInputError(`The fault "${part}" ${what}.`);
}

function matches(rule: Rule, call: FaultedCall): boolean {
  if (rule.action !== '*' && rule.action !== call.action) return false;
  return rule.serverInstanceNo === undefined || call.serverInstanceNos.includes(rule.serverInstanceNo);
}

function isDue(rule: Rule, random: () => number): boolean {
  if (rule.left <= 0) return false;
  return rule.chance >= 1 || random() < rule.chance;
}

/** A small seeded generator: the same seed gives the same faults for the same calls. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
