/** `banap init`: five questions, and a `policies.yml` that only looks. */

import { writeFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline/promises';
import { systemClock } from '../clock.ts';
import { checkPolicies, formatProblem } from '../policies/check.ts';
import { oneLine } from '../termination/one-line.ts';
import { RequestError } from '../termination/request.ts';
import type { Io } from './io.ts';
import { POLICIES_FILE } from './policies-file.ts';

export interface InitOptions {
  file: string;
  /** Every answer is the one that is offered. */
  yes?: boolean;
}

/** Returns the exit code. Writes nothing over a file that is there. */
export async function initCommand({ file, yes = false }: InitOptions, io: Io): Promise<number> {
  if (!yes && !io.stdin.isTTY) {
    throw new RequestError(['nobody can be asked here; "banap init --yes" takes the answers that are offered']);
  }
  const answers = yes ? offered() : await asked(io);
  if (answers === undefined) {
    io.stderr.write('nothing was written\n');
    return 3;
  }
  const text = policiesText(answers);
  const { problems } = checkPolicies(text, { now: systemClock.now() });
  if (problems.length > 0) throw new RequestError(problems.map((problem) => formatProblem(file, problem)));
  await writeNew(file, text);
  io.stdout.write(
    [
      `${file} is written. It only looks (mode: plan): nothing is terminated by its schedule.`,
      `Next:  banap plan --policy ${POLICY}${file === POLICIES_FILE ? '' : ` --policies ${file}`}`,
      `       banap policies next${file === POLICIES_FILE ? '' : ` ${file}`}`,
      '',
    ].join('\n'),
  );
  return 0;
}

const POLICY = 'nightly-dev';

interface Question {
  ask: string;
  offered: string;
  /** What is wrong with an answer; empty if nothing is. */
  problem: (answer: string) => string;
}

const oneOf = (choices: readonly string[]) => (given: string) =>
  choices.includes(given) ? '' : `expected ${choices.join(' or ')}`;
const like = (pattern: RegExp, expected: string) => (given: string) => (pattern.test(given) ? '' : expected);

/** In the order in which they are asked. */
const QUESTIONS = {
  place: {
    ask: 'Where are the servers: platform (vpc or classic) and region',
    offered: 'vpc KR',
    problem: like(/^(vpc|classic) [A-Z]{2,8}$/, 'expected a platform and a region code, for example vpc KR'),
  },
  names: {
    ask: 'Which names do they have; * and ? stand for anything',
    offered: 'dev-*',
    problem: like(/^[^\s'"]+$/, 'expected one pattern without blanks, for example dev-*'),
  },
  time: {
    ask: 'When should banap look on working days, in Korean time',
    offered: '21:00',
    problem: like(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, for example 21:00'),
  },
  storage: {
    ask: 'Additional block storage: refuse such servers, detach it, or delete it',
    offered: 'refuse',
    problem: oneOf(['refuse', 'detach', 'delete']),
  },
  publicIp: {
    ask: 'Public IPs once the server is gone: keep or release',
    offered: 'keep',
    problem: oneOf(['keep', 'release']),
  },
} as const satisfies Record<string, Question>;

type Answers = Record<keyof typeof QUESTIONS, string>;

function offered(): Answers {
  const { place, names, time, storage, publicIp } = QUESTIONS;
  return {
    place: place.offered,
    names: names.offered,
    time: time.offered,
    storage: storage.offered,
    publicIp: publicIp.offered,
  };
}

/** Undefined: it was interrupted. */
async function asked({ stdin, stderr, signal }: Io): Promise<Answers | undefined> {
  const reading = createInterface({ input: stdin, output: stderr });
  try {
    const answers = offered();
    for (const [name, question] of Object.entries(QUESTIONS)) {
      Reflect.set(answers, name, await answer(question, reading, signal));
    }
    return answers;
  } catch (error) {
    if (signal.aborted || (error instanceof Error && error.name === 'AbortError')) return undefined;
    throw error;
  } finally {
    reading.close();
  }
}

async function answer(
  { ask, offered: usual, problem }: Question,
  reading: Interface,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const given = (await reading.question(`${ask} [${usual}]: `, { signal })).trim() || usual;
    const wrong = problem(given);
    if (wrong === '') return given;
    await reading.question(`${JSON.stringify(oneLine(given, 40))}: ${wrong}. Enter to try again: `, { signal });
  }
}

function policiesText({ place, names, time, storage, publicIp }: Answers): string {
  const [environment = '', region = ''] = place.split(' ');
  const [hour = '', minute = ''] = time.split(':');
  return `# yaml-language-server: $schema=./schemas/policies.schema.json
#
# What may go, when, and under which limits. "banap explain KEY" says what a key means.
version: 1
policies:
  ${POLICY}:
    description: Development servers go home on working days
    mode: plan # its schedule only looks and reports; read a few reports before you write terminate
    select:
      environment: ${environment}
      region: ${region}
      names: ['${names}']
      olderThan: 12h # not what somebody made this afternoon
    schedule: cron(${Number(minute)} ${Number(hour)} ? * MON-FRI *) # minute hour day month weekday year
    timezone: Asia/Seoul
    storage: ${storage}
    publicIp: ${publicIp}
    grace:
      stopFor: 3d # stopped first; terminated three days later, unless somebody starts it again
    limits: # over either, nothing at all is done
      maxServers: 10
      maxPercent: 20
`;
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const why =
      error.code === 'EEXIST'
        ? 'is there already; name another one with --file'
        : `cannot be written (${String(error.code)})`;
    throw new RequestError([`${file} ${why}`]);
  }
}
