import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import { type DeployOptions, deploy } from '../../scripts/deploy/deploy.ts';
import { type Pack, packagedIn } from '../../scripts/deploy/package.ts';
import { Refusal } from '../../scripts/deploy/refusal.ts';
import type { Stage } from '../../scripts/deploy/settings.ts';
import { stageIn } from '../../scripts/deploy/stages.ts';
import type { Terminal } from '../../scripts/deploy/terminal.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';

export interface Bench {
  aws: LocalAws;
  folder: string;
  /** A stage of a file with this text. */
  stage(text: string, name?: string): Stage;
  /** Everything that was said, and how it ended. */
  run(work: (terminal: Terminal) => Promise<number>, answer?: string, signal?: AbortSignal): Promise<Ended>;
  deploy(more?: Partial<DeployOptions>, answer?: string, signal?: AbortSignal): Promise<Ended>;
  close(): Promise<void>;
}

export interface Ended {
  /** The exit code; undefined: it was refused or interrupted. */
  code: number | undefined;
  said: string;
  problems: readonly string[];
}

const POLICIES = `version: 1
callers: { ci: { secret: banap/ci, policies: [nightly-dev] } }
policies:
  nightly-dev: { select: { environment: vpc, names: ['dev-*'] } }
`;
export const STAGES = stagesWith('');

/** A file with one stage, and besides what it needs `more`, as in `, language: ko`. */
export function stagesWith(more: string): string {
  return `dev: { account: '111122223333', region: ap-northeast-2${more} }\n`;
}

const CI_SECRET = JSON.stringify({ keys: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] });

/** As much of a template as deploying looks at. */
function smallTemplate(params: Readonly<Record<string, string>>, stage: string): object {
  const { artifactBucket: _bucket, ...Settings } = params;
  return {
    Metadata: { Settings },
    Resources: {
      Store: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: `banap-${stage}` } },
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: `banap-${stage}-dead-letters` } },
      TerminateLambdaFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: `banap-${stage}-terminate`,
          Code: { S3Bucket: 'x', S3Key: 'serverless/banap/1795804764280/terminate.zip' },
          Environment: { ...Settings },
        },
      },
    },
  };
}

/** `pack`: instead of one that makes a small template. */
export async function startBench(packing?: Pack): Promise<Bench> {
  const aws = await startLocalAws();
  const folder = mkdtempSync(join(tmpdir(), 'banap-deploy-'));
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  aws.secrets.set('banap/ci', CI_SECRET);
  writeFileSync(join(folder, 'policies.yml'), POLICIES);

  const pack: Pack = (stage, params) => {
    const output = join(folder, '.serverless');
    mkdirSync(output, { recursive: true });
    const template = smallTemplate(params, stage);
    writeFileSync(join(output, 'cloudformation-template-update-stack.json'), JSON.stringify(template));
    writeFileSync(join(output, 'terminate.zip'), 'zip');
    return Promise.resolve(packagedIn(folder, params['artifactBucket'] ?? ''));
  };

  const bench: Bench = {
    aws,
    folder,
    stage: (text, name = 'dev') => {
      const file = join(folder, 'stages.yml');
      writeFileSync(file, text);
      return stageIn(file, name);
    },
    run: async (work, answer, signal = new AbortController().signal) => {
      let said = '';
      const stdin = Object.assign(new PassThrough(), { isTTY: answer !== undefined });
      const stdout = new PassThrough();
      stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (answer !== undefined && chunk.toString().includes('[y/N]')) stdin.write(`${answer}\n`);
      });
      try {
        const code = await work({ env: process.env, stdin, stdout, signal, pollMs: 1 });
        return { code, said, problems: [] };
      } catch (error) {
        if (error instanceof Refusal) return { code: undefined, said, problems: error.problems };
        if (signal.aborted) return { code: undefined, said, problems: ['interrupted'] };
        throw error;
      }
    },
    deploy: (more = {}, answer, signal) => {
      const options: DeployOptions = {
        stage: more.stage ?? bench.stage(STAGES),
        account: undefined,
        drop: [],
        dryRun: false,
        yes: true,
        policiesFile: join(folder, 'policies.yml'),
        ...more,
      };
      return bench.run((terminal) => deploy(options, packing ?? pack, terminal), answer, signal);
    },
    close: async () => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true, force: true });
      await aws.close();
    },
  };
  return bench;
}
