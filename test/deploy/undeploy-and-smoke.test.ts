import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsIn } from '../../scripts/deploy/aws.ts';
import { begin, end, type SmokeOptions, smoke } from '../../scripts/deploy/smoke.ts';
import { type UndeployOptions, undeploy } from '../../scripts/deploy/undeploy.ts';
import { type Bench, type Ended, STAGES, stagesWith, startBench } from './bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await startBench();
  await bench.deploy();
  bench.aws.calls.length = 0;
});
afterEach(() => bench.close());

function undeploying(more: Partial<UndeployOptions> = {}, answer?: string): Promise<Ended> {
  const options = { stage: bench.stage(STAGES), account: undefined, yes: true, ...more };
  return bench.run((terminal) => undeploy(options, terminal), answer);
}

function run(name: string): void {
  bench.aws.executions.push({ name, arn: `arn:x/${name}/1`, status: 'RUNNING', payload: '{}', result: '' });
}

function deleted(): number {
  return bench.aws.calls.filter((call) => call.endsWith('DeleteStack')).length;
}

describe('undeploying', () => {
  it('takes the stack away, and says what stays and what would delete it', async () => {
    bench.aws.deadLetters = 2;
    const { code, said } = await undeploying();
    expect(code).toBe(0);
    expect(bench.aws.stack).toBeUndefined();
    expect(said).toContain('2 requests in the dead-letter queue are lost with it');
    expect(said).toMatch(
      /table +banap-dev, with holds and audit; the next deployment adopts it.*--region ap-northeast-2/,
    );
    for (const what of ['logs', 'secrets', 'packages']) expect(said).toMatch(new RegExp(`\\n +${what} `));
    expect(bench.aws.tables.has('banap-dev')).toBe(true);
    // And it is adopted.
    expect((await bench.deploy()).said).toContain('< import Store');
  });

  it('is refused while runs have not ended, and names them', async () => {
    for (let n = 1; n <= 7; n += 1) run(`dev-nightly-${n}`);
    const { problems } = await undeploying();
    expect(problems).toEqual([
      expect.stringMatching(
        /^7 runs have not ended \(dev-nightly-1, .*dev-nightly-5 and 2 more\), and would be stranded.*cancel them or wait/,
      ),
    ]);
    expect(deleted()).toBe(0);
  });

  it('is refused where a run began while somebody read the question', async () => {
    let looks = 0;
    bench.aws.before = (call) => {
      if (call === 'lambda:ListDurableExecutionsByFunction' && ++looks === 2) run('dev-tick');
    };
    const { problems } = await undeploying({ yes: false }, 'y');
    expect(problems.join()).toContain('dev-tick');
    expect(deleted()).toBe(0);
  });

  it('is refused where it is not known whether runs are at work', async () => {
    bench.aws.failing.set('lambda:ListDurableExecutionsByFunction', {
      status: 500,
      code: 'ServiceException',
      message: 'later',
    });
    expect((await undeploying()).problems).toEqual([
      expect.stringMatching(/^it is not known whether runs are still at work: later/),
    ]);
    expect(deleted()).toBe(0);
  });

  it('is refused in another account', async () => {
    bench.aws.account = '999900001111';
    expect((await undeploying()).problems.join()).toContain(
      'but stages.yml says that stage dev belongs to 111122223333',
    );
    expect(deleted()).toBe(0);
  });

  it('asks, and does nothing without a yes', async () => {
    expect(await undeploying({ yes: false }, 'n')).toMatchObject({
      code: 1,
      said: expect.stringContaining('nothing was changed'),
    });
    expect((await undeploying({ yes: false })).problems).toEqual([
      'nobody can be asked here; add --yes to agree beforehand',
    ]);
    expect(deleted()).toBe(0);
  });

  it('of what is not there says so', async () => {
    bench.aws.stack = undefined;
    expect(await undeploying()).toMatchObject({ code: 0, said: expect.stringContaining('there is no such stack') });
  });
});

function smoking(more: Partial<SmokeOptions> = {}): Promise<Ended> {
  const stage = bench.stage(stagesWith(', alarmEmail: you@example.com'));
  const options = { stage, policies: ['nightly-dev'], crash: true, isNew: false, ...more };
  return bench.run((terminal) => smoke(options, awsIn('ap-northeast-2', process.env), terminal));
}

/** Another answer of the probe. */
function answers(more: object): void {
  const { probeAnswer } = bench.aws;
  bench.aws.probeAnswer = (order) => ({ ...probeAnswer(order), ...more });
}

describe('the smoke test', () => {
  beforeEach(() => {
    bench.aws.subscriptions = [{ endpoint: 'you@example.com', confirmed: true }];
  });

  it('prints what it saw: plan, wake-up, crash, queue, alarms', async () => {
    const { code, said } = await smoking();
    expect(code).toBe(0);
    expect(said.split('\n').map((line) => line.slice(2, 15).trim())).toEqual([
      'oke test of s',
      'probe',
      'plan',
      'wake-up',
      'crash',
      'dead letters',
      'alarms',
      'alarm mail',
      'age dev works',
      '',
    ]);
    expect(bench.aws.calls.filter((call) => call.includes('SendDurable'))).toHaveLength(1);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a request was not served',
      () => void (bench.aws.deadLetters = 3),
      /^NOT RIGHT: 3 requests were not served and wait in http.*read them/m,
    ],
    [
      'nobody has confirmed the alarms',
      () => void (bench.aws.subscriptions = [{ endpoint: 'you@example.com', confirmed: false }]),
      /^NOT RIGHT: alarms reach nobody until you@example.com confirms/m,
    ],
    ['nobody is told of alarms', () => void (bench.aws.subscriptions = []), /^NOT RIGHT: alarms reach nobody/m],
    ['nobody woke it', () => answers({ sleptSeconds: 120 }), /^NOT RIGHT: nobody woke the probe within 120 seconds/m],
    ['it did not crash', () => answers({ crashed: false }), /^NOT RIGHT: the probe was to crash once, and did not/m],
    [
      'NCP cannot be read',
      () =>
        answers({
          looks: [
            {
              policy: 'nightly-dev',
              regionHolds: 0,
              selected: 0,
              wouldEnd: 0,
              refusedBy: '',
              unread: 'NCP refused the keys',
            },
          ],
        }),
      /^NOT RIGHT: policy nightly-dev: NCP refused the keys; check the keys of its account/m,
    ],
    [
      'its answer is none',
      () => void (bench.aws.probeAnswer = () => ({})),
      /^NOT RIGHT: the probe ended as SUCCEEDED: without an answer; the log group/m,
    ],
  ])('is not content where %s', async (_title, given, says) => {
    given();
    const { code, said } = await smoking();
    expect(code).toBe(1);
    expect(said).toMatch(says);
  });

  it('of a stage that was deployed just now only mentions that the mail is not confirmed', async () => {
    bench.aws.subscriptions = [{ endpoint: 'you@example.com', confirmed: false }];
    const { code, said } = await smoking({ isNew: true });
    expect(code).toBe(0);
    expect(said).toContain('you@example.com has NOT confirmed');
  });

  it('tells which alarms ring, and a plan that is refused whole', async () => {
    bench.aws.ringing = ['throttles'];
    answers({
      looks: [{ policy: 'nightly-dev', regionHolds: 9, selected: 9, wouldEnd: 0, refusedBy: 'limits', unread: '' }],
    });
    const { code, said } = await smoking();
    expect(code).toBe(0);
    expect(said).toContain('ringing: banap-dev-throttles');
    expect(said).toContain('of 9 servers selects 9, is refused whole by limits');
  });

  it('leaves a probe asleep, and wakes it after another deployment', async () => {
    const options = { stage: bench.stage(STAGES), policies: ['nightly-dev'], crash: false, isNew: false };
    const aws = awsIn('ap-northeast-2', process.env);
    const begun = await bench.run((terminal) => begin(options, aws, terminal));
    const arn = begun.said.trim().split('\n').at(-1) ?? '';
    expect(begun.code).toBe(0);
    expect(arn).toMatch(/^arn:aws:lambda:.*\/durable-execution\/dev-probe-/);
    expect(bench.aws.executions.find((one) => one.arn === arn)?.status).toBe('RUNNING');
    expect((await bench.deploy({ stage: bench.stage(stagesWith(', language: ko')) })).code).toBe(0);
    const ended = await bench.run((terminal) => end(arn, options, aws, terminal));
    expect(ended).toMatchObject({
      code: 0,
      said: expect.stringMatching(/wake-up +slept 4 s, and was woken\n[^]*version +7/),
    });
  });

  it('of a stage that is not deployed says so', async () => {
    bench.aws.stack = undefined;
    expect((await smoking()).problems).toEqual([
      'stage dev is not deployed in ap-northeast-2 (stack banap-dev is absent); deploy it first',
    ]);
  });

  it('that may not invoke says which permission it takes', async () => {
    bench.aws.failing.set('lambda:InvokeFunction', { status: 403, code: 'AccessDeniedException', message: 'no' });
    expect((await smoking()).problems.join()).toContain('allow lambda:InvokeFunction on banap-dev-terminate:durable');
  });
});
