import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deployerPolicy, OWN_ACTIONS } from '../../scripts/deploy/permissions.ts';
import { type Bench, type Ended, STAGES, stagesWith, startBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
});
afterEach(() => bench.close());

/** Calls that change something that is deployed. */
const CHANGES = /ExecuteChangeSet|DeleteStack|PutItem|InvokeFunction|SendDurable/;

function changed(): string[] {
  return bench.aws.calls.filter((call) => CHANGES.test(call));
}

it('deploys a new stage: looks, shows every change, publishes the policies and tests it', async () => {
  const { code, said, problems } = await bench.deploy();
  expect(problems).toEqual([]);
  expect(code).toBe(0);
  expect(said).toContain(
    'stack banap-dev in account 111122223333, region ap-northeast-2, as arn:aws:sts::111122223333:assumed-role/deployer/mina',
  );
  expect(said).toMatch(/secrets +2 of 2 read/);
  expect(said).toMatch(/concurrency +5 reserved of 1000/);
  expect(said).toMatch(/table +banap-dev is made/);
  expect(said).toContain('+ add    Store (AWS::DynamoDB::Table)');
  expect(said).toMatch(/plan +nightly-dev: of 9 servers selects 3, would end 2/);
  expect(said).toMatch(/crash +its process was ended once/);
  expect(said).toMatch(/address +https:\/\/api\.example\.com/);
  expect(said).toContain('stage dev works');
  expect(bench.aws.stack?.status).toBe('CREATE_COMPLETE');
  expect(JSON.stringify(bench.aws.tables.get('banap-dev')?.items)).toContain('nightly-dev');
  const [probe] = bench.aws.executions;
  expect(probe?.name).toMatch(/^dev-probe-\d{8}T\d{9}Z$/);
  expect(JSON.parse(probe?.payload ?? '')).toEqual({
    probe: { policies: ['nightly-dev'], sleepSeconds: 120, crash: true },
  });
});

it('deploys again: the same changes nothing, is published all the same, and tested without a crash', async () => {
  await bench.deploy();
  bench.aws.calls.length = 0;
  const { code, said } = await bench.deploy();
  expect(code).toBe(0);
  expect(said).toMatch(/change set +nothing would change/);
  expect(said).toMatch(/table +banap-dev, of this stack/);
  expect(said).toMatch(/crash +not tried/);
  expect(changed()).toEqual([
    'dynamodb:PutItem',
    'lambda:InvokeFunction',
    'lambda:SendDurableExecutionCallbackSuccess',
  ]);
  expect(bench.aws.changeSets.size).toBe(0);
});

it('uploads a package once, under the hash of its content', async () => {
  await bench.deploy();
  const keys = [...(bench.aws.buckets.get('banap-artifacts-111122223333-ap-northeast-2')?.keys() ?? [])];
  expect(keys.filter((key) => /^[0-9a-f]{64}\.zip$/.test(key))).toHaveLength(1);
  const { said } = await bench.deploy({ stage: bench.stage(stagesWith(', language: ko')) });
  expect(said).toMatch(/packages +0 of 1 uploaded/);
});

describe('--dry-run', () => {
  it('shows the change set of a new stage, deletes it, and leaves nothing', async () => {
    const { code, said } = await bench.deploy({ dryRun: true, yes: false });
    expect(code).toBe(0);
    expect(said).toContain('+ add    TerminateLambdaFunction');
    expect(said).toMatch(/deploy-\w+ was deleted, and nothing was changed/);
    expect(bench.aws.stack).toBeUndefined();
    expect(bench.aws.changeSets.size).toBe(0);
    expect(changed().filter((call) => call !== 'cloudformation:DeleteStack')).toEqual([]);
  });

  it('of a stage that is there leaves the stack as it was', async () => {
    await bench.deploy();
    const before = JSON.stringify(bench.aws.stack);
    bench.aws.calls.length = 0;
    const { code, said } = await bench.deploy({
      dryRun: true,
      stage: bench.stage(stagesWith(', language: ko')),
    });
    expect(code).toBe(0);
    expect(said).toContain('~ modify TerminateLambdaFunction (AWS::Lambda::Function)');
    expect(JSON.stringify(bench.aws.stack)).toBe(before);
    expect(changed()).toEqual([]);
  });
});

describe('asking', () => {
  it.each([
    ['n', 1, 0],
    ['', 1, 0],
    ['yes', 0, 1],
  ])('answered with "%s" ends with %d', async (answer, code, executed) => {
    const ended = await bench.deploy({ yes: false }, answer);
    expect(ended.code).toBe(code);
    expect(bench.aws.calls.filter((call) => call.endsWith('ExecuteChangeSet'))).toHaveLength(executed);
    expect(bench.aws.stack === undefined).toBe(executed === 0);
  });

  it('is not possible without a terminal: it says so, and the change set is gone', async () => {
    const { problems, said } = await bench.deploy({ yes: false });
    expect(problems).toEqual(['nobody can be asked here; add --yes to agree beforehand']);
    expect(said).toContain('was deleted, and nothing was changed');
    expect(bench.aws.stack).toBeUndefined();
  });
});

interface Case {
  title: string;
  given: () => void;
  stages?: string;
  says: RegExp;
}

const CASES: Case[] = [
  {
    title: 'another account than the stage names',
    given: () => void (bench.aws.account = '999900001111'),
    says: /^these credentials are for AWS account 999900001111, but stages\.yml says that stage dev belongs to 111122223333; /,
  },
  {
    title: 'credentials that have expired',
    given: () =>
      void bench.aws.failing.set('sts:GetCallerIdentity', { status: 403, code: 'ExpiredToken', message: 'expired' }),
    says: /^it is not known who deploys: there are no valid AWS credentials \(ExpiredToken\); log in/,
  },
  {
    title: 'no account named, with --yes',
    given: () => undefined,
    stages: 'dev: { region: ap-northeast-2 }',
    says: /^with --yes the account has to be named: write `account: /,
  },
  {
    title: 'a secret that is not there',
    given: () => void bench.aws.secrets.delete('banap/dev/ncloud'),
    says: /^secret banap\/dev\/ncloud does not exist or is being deleted.*create it with a JSON value such as \{"accessKey".*\(region ap-northeast-2\)$/,
  },
  {
    title: 'a secret of the wrong shape, without telling what is in it',
    given: () => void bench.aws.secrets.set('banap/dev/ncloud', '{"accessKey":"AK","secret":"hush"}'),
    says: /^secret banap\/dev\/ncloud has (?!.*hush).*secretKey.*expected/,
  },
  {
    title: "a caller's secret of the wrong shape",
    given: () => void bench.aws.secrets.set('banap/ci', '{"keys":["short"]}'),
    says: /^secret banap\/ci has a missing or wrong value for keys/,
  },
  {
    title: 'concurrency that the account cannot spare',
    given: () => void (bench.aws.concurrency = { limit: 10, unreserved: 10, mine: 0 }),
    stages: stagesWith(', reservedConcurrency: 5'),
    says: /^reservedConcurrency: 5 cannot be reserved, because 10 of the account's 10 are free.*write reservedConcurrency: off/,
  },
  {
    title: 'a region without durable functions',
    given: () =>
      void bench.aws.failing.set('lambda:ListDurableExecutionsByFunction', {
        status: 403,
        code: 'AccessDeniedException',
        message: 'Unable to determine service/operation name to be authorized',
      }),
    says: /^region ap-northeast-2 does not answer as one that offers durable functions.*choose one of https:/,
  },
  {
    title: 'a table of this name that is something else',
    given: () => void bench.aws.tables.set('banap-dev', { keys: ['id', 'at'], items: [] }),
    says: /^there is a table banap-dev that is not one of banap \(its keys are HASH id, RANGE at\)/,
  },
  {
    title: 'a bucket that is somebody else’s',
    given: () => void bench.aws.buckets.set('banap-artifacts-111122223333-ap-northeast-2', undefined),
    says: /^the bucket banap-artifacts-111122223333-ap-northeast-2 cannot be used, or is another account's/,
  },
  {
    title: 'a change set that CloudFormation may not make',
    given: () =>
      void bench.aws.failing.set('cloudformation:CreateChangeSet', {
        status: 403,
        code: 'AccessDenied',
        message: 'not authorized to perform cloudformation:CreateChangeSet',
      }),
    says: /^the change set could not be made: these credentials may not \(not authorized.*--policy` lists$/,
  },
  {
    title: 'a stack that is at work',
    given: () =>
      void (bench.aws.stack = { status: 'UPDATE_ROLLBACK_IN_PROGRESS', template: { Resources: {} }, events: [] }),
    says: /^stack banap-dev is at work \(UPDATE_ROLLBACK_IN_PROGRESS\); wait/,
  },
  {
    title: 'a stack that is stuck',
    given: () => void (bench.aws.stack = { status: 'UPDATE_ROLLBACK_FAILED', template: { Resources: {} }, events: [] }),
    says: /^stack banap-dev is stuck.*continue-update-rollback/,
  },
  {
    title: 'policies with an error',
    given: () => writeFileSync(join(bench.folder, 'policies.yml'), 'version: 1\npolices: {}\n'),
    says: /policies\.yml:2:1 polices: unknown key; did you mean policies\?/,
  },
];

describe('refused before anything is changed', () => {
  it.each(CASES)('$title', async ({ given, stages = STAGES, says }) => {
    given();
    const { problems, code } = await bench.deploy({ stage: bench.stage(stages) });
    expect(code).toBeUndefined();
    expect(problems).toContainEqual(expect.stringMatching(says));
    expect(changed()).toEqual([]);
  });

  it('all problems are said at once', async () => {
    bench.aws.secrets.clear();
    bench.aws.tables.set('banap-dev', { keys: ['id', 'at'], items: [] });
    const { problems, said } = await bench.deploy();
    expect(problems).toHaveLength(3);
    expect(said.match(/NO, see below/g)).toHaveLength(2);
  });
});

describe('the concurrency that is left to banap', () => {
  it.each([
    [10, 10, 0, 'off'],
    [1000, 104, 0, 'off'],
    [1000, 105, 0, '5'],
    [1000, 100, 5, '5'],
  ])('of %d, %d free and %d its own, becomes %s', async (limit, unreserved, mine, value) => {
    bench.aws.concurrency = { limit, unreserved, mine };
    expect((await bench.deploy()).code).toBe(0);
    expect(bench.aws.stack?.template.Metadata).toMatchObject({ Settings: { reservedConcurrency: value } });
  });
});

describe('a setting that is deployed', () => {
  const WITH = stagesWith(', alarmEmail: you@example.com, language: ko');
  beforeEach(async () => {
    bench.aws.subscriptions = [{ endpoint: 'you@example.com', confirmed: true }];
    await bench.deploy({ stage: bench.stage(WITH) });
    bench.aws.calls.length = 0;
  });

  it('is not taken away by leaving it out: each is named with what to write', async () => {
    const { problems } = await bench.deploy();
    expect(problems).toEqual([
      'language is deployed as ko, and stages.yml does not say it for stage dev; write `language: ko`, or give --drop language',
      'alarmEmail is deployed as you@example.com, and stages.yml does not say it for stage dev; write `alarmEmail: you@example.com`, or give --drop alarmEmail',
    ]);
    expect(changed()).toEqual([]);
  });

  it('goes where somebody says so, and only that one', async () => {
    expect((await bench.deploy({ drop: ['language'] })).problems).toHaveLength(1);
    expect((await bench.deploy({ drop: ['language', 'alarmEmail'] })).code).toBe(0);
  });

  it('may change', async () => {
    const { code } = await bench.deploy({ stage: bench.stage(WITH.replace('ko', 'en')) });
    expect(code).toBe(0);
  });
});

describe('the table', () => {
  it('of an earlier stack is adopted with what is in it', async () => {
    bench.aws.tables.set('banap-dev', { keys: ['pk', 'sk'], items: ['a hold'] });
    const { code, said } = await bench.deploy();
    expect(code).toBe(0);
    expect(said).toMatch(/table +banap-dev is there from an earlier stack and is adopted/);
    expect(said).toContain('< import Store (AWS::DynamoDB::Table)');
    expect(bench.aws.tables.get('banap-dev')?.items).toContain('a hold');
  });

  it('that somebody deleted is not made anew without a word', async () => {
    await bench.deploy();
    bench.aws.tables.clear();
    expect((await bench.deploy()).problems).toEqual([
      expect.stringMatching(/^the stack had a table banap-dev that somebody deleted/),
    ]);
  });
});

it('what is left of a first deployment that failed is deleted first, and its table adopted', async () => {
  bench.aws.breaks = 'HttpApi';
  const first = await bench.deploy();
  expect(first.problems).toEqual([
    expect.stringMatching(/^the deployment failed, and everything was put back as it was; /),
    'HttpApi: Resource handler returned message: "it cannot be made"',
  ]);
  bench.aws.breaks = '';
  bench.aws.tables.set('banap-dev', { keys: ['pk', 'sk'], items: [] });
  expect((await bench.deploy({ dryRun: true })).problems).toEqual([
    expect.stringMatching(/^stack banap-dev was never made whole \(ROLLBACK_COMPLETE\)/),
  ]);
  const { code, said } = await bench.deploy();
  expect(code).toBe(0);
  expect(said).toContain('its remains are deleted first');
  expect(said).toContain('< import Store');
});

it('a package that is not in the bucket is noticed by this stand-in, so uploading is not left out', async () => {
  bench.aws.before = (call) => {
    if (call === 'cloudformation:ExecuteChangeSet') bench.aws.buckets.clear();
  };
  expect((await bench.deploy()).problems.join()).toContain('TerminateLambdaFunction');
});

function interruptedAt(call: string): Promise<Ended> {
  const controller = new AbortController();
  bench.aws.before = (one) => {
    if (one === call) controller.abort();
  };
  return bench.deploy({}, undefined, controller.signal);
}

describe('Ctrl-C', () => {
  it('while it looks ends before there is a change set', async () => {
    expect((await interruptedAt('lambda:GetAccountSettings')).problems).toEqual(['interrupted']);
    expect(bench.aws.calls).not.toContain('cloudformation:CreateChangeSet');
  });

  it.each(['cloudformation:CreateChangeSet', 'cloudformation:DescribeChangeSet'])(
    'during %s deletes the change set, and says so',
    async (call) => {
      const { problems, said } = await interruptedAt(call);
      expect(problems).toEqual(['interrupted']);
      expect(said).toContain('was deleted, and nothing was changed');
      expect(bench.aws.stack).toBeUndefined();
      expect(changed()).not.toContain('cloudformation:ExecuteChangeSet');
    },
  );

  it('while it is executed says that CloudFormation goes on', async () => {
    const { problems, said } = await interruptedAt('cloudformation:ExecuteChangeSet');
    expect(problems).toEqual(['interrupted']);
    expect(said).toContain('CloudFormation goes on with it; run the command again when stack banap-dev is done');
    expect(bench.aws.calls).not.toContain('cloudformation:DeleteChangeSet');
  });

  it('leaves a change set that it could not delete, and says how', async () => {
    bench.aws.failing.set('cloudformation:DeleteChangeSet', { status: 400, code: 'Throttling', message: 'later' });
    const { said } = await interruptedAt('cloudformation:DescribeChangeSet');
    expect(said).toMatch(
      /deploy-\w+ is still there and changes nothing; `aws cloudformation delete-change-set --region ap-northeast-2 --stack-name banap-dev --change-set-name deploy-\w+` deletes it/,
    );
  });
});

it('says what IAM would not allow, and goes on: a simulation knows no conditions', async () => {
  bench.aws.missing = new Set(['lambda:CreateFunction', 'iam:PassRole']);
  const { code, said } = await bench.deploy();
  expect(code).toBe(0);
  expect(said).toMatch(/permissions +IAM says that these are missing.*: iam:PassRole, lambda:CreateFunction; /);
});

it('says that permissions were not checked where it may not ask', async () => {
  bench.aws.failing.set('iam:SimulatePrincipalPolicy', { status: 403, code: 'AccessDenied', message: 'no' });
  expect((await bench.deploy()).said).toContain(
    'not checked: these credentials may not ask IAM (iam:SimulatePrincipalPolicy)',
  );
});

it('whose content the deployer may not read, a secret is at least there', async () => {
  bench.aws.failing.set('secretsmanager:GetSecretValue', { status: 400, code: 'AccessDeniedException', message: 'no' });
  const { code, said } = await bench.deploy();
  expect(code).toBe(0);
  expect(said).toContain('may not read banap/dev/ncloud, banap/ci');
  bench.aws.secrets.delete('banap/ci');
  expect((await bench.deploy()).problems).toEqual(['secret banap/ci does not exist in ap-northeast-2; create it']);
});

it('every call is one that the listed permissions allow, and no other is listed', async () => {
  bench.aws.breaks = 'HttpApi';
  await bench.deploy({ stage: bench.stage(stagesWith(', alarmEmail: a@example.com')) });
  bench.aws.breaks = '';
  await bench.deploy({ stage: bench.stage(stagesWith(', alarmEmail: a@example.com')) });
  bench.aws.failing.set('secretsmanager:GetSecretValue', { status: 400, code: 'AccessDeniedException', message: 'no' });
  await bench.deploy({ dryRun: true, stage: bench.stage(stagesWith(', alarmEmail: b@example.com')) });
  const place = { region: 'ap-northeast-2', account: '111122223333', stage: 'dev', partition: 'aws' };
  const allowed = new Set(deployerPolicy(place, ['banap/ci']).Statement.flatMap(({ Action }) => Action));
  const made = new Set(bench.aws.calls);
  expect([...made].filter((call) => !allowed.has(call))).toEqual([]);
  expect(OWN_ACTIONS.filter((action) => !made.has(action))).toEqual([]);
});
