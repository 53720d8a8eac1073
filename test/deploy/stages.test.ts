import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { settingNames } from '../../scripts/deploy/command.ts';
import { Refusal } from '../../scripts/deploy/refusal.ts';
import { SETTING_NAMES, settingOf } from '../../scripts/deploy/settings.ts';
import { STAGES_FILE, stageIn, stagesIn } from '../../scripts/deploy/stages.ts';

const folder = mkdtempSync(join(tmpdir(), 'banap-stages-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'stages.yml');

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.problems.map((one) => one.replaceAll(`${folder}/`, ''));
    throw error;
  }
  return [];
}

function problemsIn(text: string): readonly string[] {
  writeFileSync(file, text);
  return problemsOf(() => stagesIn(file));
}

it('the file of the project is right, and its account is nobody’s', () => {
  const [stage] = stagesIn(STAGES_FILE);
  expect(stage).toMatchObject({ name: 'dev', account: '111122223333' });
  expect(stage?.settings).toMatchObject({
    region: 'ap-northeast-2',
    ncloudSecretId: 'banap/dev/ncloud',
    reservedConcurrency: 'auto',
  });
});

it('every setting may be written as its example shows', () => {
  const wrong = SETTING_NAMES.filter((name) => !settingOf(name).schema.safeParse(settingOf(name).example).success);
  expect(wrong).toEqual([]);
});

it('a stage has every default, with its own name in that of the secret', () => {
  writeFileSync(file, 'qa: { region: us-east-1, reservedConcurrency: 3 }\nprod: { region: us-west-2 }\n');
  expect(stageIn(file, 'qa')).toMatchObject({
    account: undefined,
    settings: {
      region: 'us-east-1',
      ncloudSecretId: 'banap/qa/ncloud',
      reservedConcurrency: '3',
      scheduleState: 'ENABLED',
      alarmEmail: '',
    },
    given: new Set(['region', 'reservedConcurrency']),
  });
});

it('everything that is wrong is said at once, in the order of the file', () => {
  const text = `dev:
  account: 123456789012
  regoin: ap-northeast-2
  alarmEmail: you
  ncloudSecretId: '{"accessKey":"hush"}'
  language: kr
  publicUrl: https://banap.example.com/
  reservedConcurrency: 0
Prod: { region: eu-west-1 }
qa:
`;
  expect(problemsIn(text)).toEqual([
    'stages.yml:1:1 dev.region: missing; expected for example region: ap-northeast-2',
    "stages.yml:2:3 dev.account: 123456789012; expected the 12 digits of an AWS account in quotes, for example '111122223333'",
    'stages.yml:3:3 dev.regoin: unknown setting; did you mean region?',
    'stages.yml:4:15 dev.alarmEmail: "you"; expected the e-mail address that alarms go to, for example you@example.com',
    'stages.yml:5:19 dev.ncloudSecretId: expected the name (not the ARN, not the content) of a secret in Secrets Manager, for example banap/dev/ncloud',
    'stages.yml:6:13 dev.language: "kr"; expected en or ko, for example en',
    'stages.yml:7:14 dev.publicUrl: "https://banap.example.com/"; expected where the API is reached if it has a domain of its own, an https address without a slash at the end, for example https://banap.example.com',
    'stages.yml:8:24 dev.reservedConcurrency: 0; expected a whole number from 1 to 100, off, or auto (5 where the account has that many to spare), for example auto',
    'stages.yml:9:1 Prod: no name for a stage; expected 1 to 20 small letters, digits and hyphens, for example dev',
    expect.stringMatching(/^stages\.yml:10:\d+ qa: nothing; expected settings, for example dev: \{/),
  ]);
});

it.each([
  ['', /^stages\.yml:1:1 expected stages by name, for example dev: \{ account/],
  ['- dev\n', /^stages\.yml:1:1 expected stages by name/],
  ['dev: { region: ap-northeast-2\n', /^stages\.yml:2:1 not YAML/],
  ['dev: { region: a }\ndev: { region: b }\n', /\nstages\.yml:2:1 this key occurs twice/],
  ['dev: [ap-northeast-2]\n', /^stages\.yml:1:1 dev: a list; expected settings/],
])('%j is refused', (text, says) => {
  expect(problemsIn(text).join('\n')).toMatch(says);
});

it('a file that is not there is said with an example', () => {
  expect(problemsOf(() => stagesIn(join(folder, 'none.yml')))).toEqual([
    "none.yml cannot be read (ENOENT); expected a file such as dev: { account: '111122223333', region: ap-northeast-2 }",
  ]);
});

describe('a name that is nearly right is answered with the right one', () => {
  it.each([
    ['dve', 'stages.yml has no stage dve; did you mean dev?'],
    ['production', 'stages.yml has no stage production; expected one of dev, qa'],
  ])('the stage %s', (name, says) => {
    writeFileSync(file, 'dev: { region: us-east-1 }\nqa: { region: us-east-1 }\n');
    expect(problemsOf(() => stageIn(file, name))).toEqual([says]);
  });

  it('a setting to be dropped', () => {
    expect(problemsOf(() => settingNames(['slackSecretID', 'nothing']))).toEqual([
      '--drop slackSecretID: there is no such setting; did you mean slackSecretId?',
    ]);
    expect(settingNames(['alarmEmail'])).toEqual(['alarmEmail']);
  });
});
