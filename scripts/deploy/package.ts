/** What is deployed: the built functions and the template, as `npm run package` makes them, with the settings of a stage. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { Refusal } from './refusal.ts';

export interface Packaged {
  /** JSON. */
  template: string;
  /** Under which key of the bucket each file has to be. A key is made of the content, so the same content is put there once. */
  artifacts: { key: string; file: string }[];
}

/** `params`: those of `serverless.yml`. Throws a Refusal with what the build or the framework says. */
export type Pack = (stage: string, params: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Packaged>;

const ROOT = join(import.meta.dirname, '..', '..');

/** `folder`: the project, or a copy as far as the framework needs it. */
export function packIn(folder = ROOT): Pack {
  return async (stage, params, signal) => {
    const outdir = join(folder, 'dist');
    await run([join(ROOT, 'scripts/build.ts'), '--outdir', outdir], { what: 'the build', cwd: ROOT, signal });
    const given = givenParams(params).map((one) => `--param=${one}`);
    const osls = join(ROOT, 'node_modules/serverless/bin/serverless.js');
    await run([osls, 'package', '--stage', stage, ...given], { what: 'packaging', cwd: folder, signal });
    return packagedIn(folder, params['artifactBucket'] ?? '');
  };
}

/** As the framework takes them: it refuses an empty one, which is what `serverless.yml` has for a setting that is not given. */
export function givenParams(params: Readonly<Record<string, string>>): string[] {
  return Object.entries(params).flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`]));
}

/** The framework's output in `.serverless`, with keys that are made of the content instead of the time. */
export function packagedIn(folder: string, bucket: string): Packaged {
  const output = join(folder, '.serverless');
  const template = templateSchema.parse(JSON.parse(readFileSync(join(output, TEMPLATE), 'utf8')));
  const artifacts = Object.values(template.Resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::Lambda::Function') return [];
    const { S3Key } = codeSchema.parse(Properties['Code']);
    const file = join(output, basename(S3Key));
    const key = `${createHash('sha256').update(readFileSync(file)).digest('hex')}.zip`;
    Properties['Code'] = { S3Bucket: bucket, S3Key: key };
    return [{ key, file }];
  });
  return { template: JSON.stringify(template), artifacts };
}

const TEMPLATE = 'cloudformation-template-update-stack.json';
const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()) })),
});
const codeSchema = z.object({ S3Key: z.string() });

async function run(
  args: string[],
  { what, cwd, signal }: { what: string; cwd: string; signal: AbortSignal },
): Promise<void> {
  const path = `${join(ROOT, 'node_modules/.bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, CI: 'true' };
  try {
    await promisify(execFile)(process.execPath, args, { cwd, env, signal, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    if (signal.aborted) throw error;
    const { stderr = '', stdout = '' } = outputSchema.safeParse(error).data ?? {};
    const said = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
    const lines = said.filter((line) => line !== '' && !/^(Environment|Docs|Support|Stack|at )/.test(line)).slice(0, 8);
    throw new Refusal([`${what} failed, and nothing was deployed:`, ...lines]);
  }
}

const outputSchema = z.looseObject({ stderr: z.string().optional(), stdout: z.string().optional() });
