import { nearest } from '../text/nearest.ts';
import { SimulatorInputError } from './errors.ts';

/**
 * What NCP's documents leave open about what a termination meets. Of the values, the first is what the simulator does unless
 * told otherwise; the others are how NCP may be instead.
 */
export const GUESSES = {
  untagged: {
    values: ['empty', 'null', 'missing', 'unlisted'],
    about: 'a VPC server without tags in Resource Manager: `tag: []`, `tag: null`, no `tag`, or not listed',
  },
  'resource-case': {
    values: ['documented', 'lower', 'upper'],
    about: 'letters of productName and resourceType in Resource Manager: as documented, server, or SERVER',
  },
  'resource-region': {
    values: ['same', 'in-nrn', 'short'],
    about: 'short region codes of a published list (JP for JPN) in Resource Manager: nowhere, in NRNs, everywhere',
  },
  'resource-paging': {
    values: ['both', 'page', 'index'],
    about: 'paging of Resource Manager: page/size, pageIndex/pageSize, or whichever is sent',
  },
  'resource-count': {
    values: ['page', 'all'],
    about: 'itemCount of Resource Manager: what the page shows, or everything that was found',
  },
  'address-blocks': {
    values: ['classic', 'both', 'none'],
    about: 'where a public IP refuses the termination of its server (24073); elsewhere it is left free',
  },
  'protection-code': {
    values: ['21001', '1100099'],
    about: "VPC's code for termination protection: Classic's, or one that nobody knows",
  },
  'busy-code': {
    values: ['25041', '1100031'],
    about: "VPC's code for a stop, start or reboot that the server's state does not allow",
  },
  batch: {
    values: ['whole', 'each'],
    about: 'a call for several servers, one of which is refused: nothing is done, or the others are',
  },
  'act-reply': {
    values: ['list', 'bare'],
    about: 'the answer to an act: the servers as well, or nothing but returnCode and returnMessage',
  },
  'error-keys': {
    values: ['returnCode', 'responseCode'],
    about: 'the fields of an error: returnCode and returnMessage, or responseCode and responseMessage',
  },
  'disassociate-by': {
    values: ['both', 'address'],
    about: 'VPC, address and server both named: refused when they do not belong together, or the server is not heeded',
  },
  'base-disk': {
    values: ['goes', 'stays'],
    about: 'the disk that a server boots from: goes with it, or stays detached',
  },
  'classic-tags': {
    values: ['stay', 'go'],
    about: 'tags of a Classic server that is gone: stay until they are deleted, or go with it',
  },
  'code-names': {
    values: ['english', 'korean'],
    about: 'codeName of VPC servers: as documented, or in Korean as accounts were seen to get it',
  },
  'gateway-text': {
    values: ['plain', 'html'],
    about: 'messages of the gateway: plain text, or with <strong> and <br>',
  },
} as const satisfies Record<string, { values: readonly [string, string, ...string[]]; about: string }>;

export type GuessName = keyof typeof GUESSES;
export type Guesses = { [Name in GuessName]: (typeof GUESSES)[Name]['values'][number] };

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a constant
export const GUESS_NAMES = Object.keys(GUESSES) as GuessName[];

/** Each of `NAME=VALUE`; what is not named is as usual. Throws SimulatorInputError with one sentence for each that is wrong. */
export function parseGuesses(given: readonly string[]): Guesses {
  const parsed = given.map((text) => parseGuess(text));
  const problems = parsed.flatMap((one) => (typeof one === 'string' ? [one] : []));
  if (problems.length > 0) throw new SimulatorInputError(problems.join('\n'));
  const usual = GUESS_NAMES.map((name) => [name, GUESSES[name].values[0]] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- names and values were checked against the table
  return Object.fromEntries([...usual, ...parsed.filter((one) => typeof one !== 'string')]) as Guesses;
}

function parseGuess(text: string): string | readonly [GuessName, string] {
  const at = text.indexOf('=');
  const name = GUESS_NAMES.find((each) => each === text.slice(0, Math.max(at, 0)));
  if (name === undefined) {
    const meant = nearest(at < 0 ? text : text.slice(0, at), GUESS_NAMES);
    const advice = meant ? `did you mean ${exampleOf(meant)}?` : `expected one of ${GUESS_NAMES.join(', ')}.`;
    return `The guess "${text}" is not NAME=VALUE of the table that --help shows; ${advice}`;
  }
  const values: readonly string[] = GUESSES[name].values;
  const value = text.slice(at + 1);
  return values.includes(value) ? [name, value] : `The guess "${text}" must have one of ${values.join(', ')}.`;
}

function exampleOf(name: string): string {
  const known = GUESS_NAMES.find((each) => each === name);
  return known === undefined ? name : `${known}=${GUESSES[known].values[1]}`;
}

/** For `--help`: each guess with its values, the usual one first, and what it is about. */
export function guessesInWords(): string {
  return GUESS_NAMES.map((name) => `${name}=${GUESSES[name].values.join('|')}\n    ${GUESSES[name].about}`).join('\n');
}
