import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { writePolicies } from '../../scripts/build.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    packagedProject: { folder: string; output: string };
  }
}

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  Condition?: string;
  DependsOn?: string[];
}

export interface Packaged {
  /** A copy of the project as far as packaging needs it, with `dist` and `.serverless`. */
  folder: string;
  templateFile: string;
  template: { Resources: Record<string, Resource>; Conditions: Record<string, unknown> };
  /** What the commands printed. */
  output: string;
  remove(): void;
}

/** What `npm run package` does, in a folder of its own and with an environment that holds nothing: no AWS, no home. */
export async function packageProject(): Promise<{ folder: string; output: string }> {
  const folder = projectFolder();
  const built = await buildInto(join(folder, 'dist'), 'policies.yml');
  return { folder, output: built + (await packageIn(folder, [])) };
}

/** The project as it is, packaged once for all files. */
export function packagedProject(): Packaged {
  const { folder, output } = inject('packagedProject');
  return { ...packagedIn(folder, output), remove: () => undefined };
}

/** With other parameters and policies. The bundles are the same ones: what is in them depends on neither. */
export async function packageCopy(parameters: string[], policies = 'policies.yml', stage = 'dev'): Promise<Packaged> {
  const folder = projectFolder();
  const dist = join(folder, 'dist');
  cpSync(join(inject('packagedProject').folder, 'dist'), dist, { recursive: true });
  writePolicies(policies, dist, Date.now());
  return packagedIn(folder, await packageIn(folder, parameters, stage));
}

function projectFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'banap-package-'));
  for (const name of ['serverless.yml', 'package.json']) cpSync(name, join(folder, name));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

function packageIn(folder: string, parameters: string[], stage = 'dev'): Promise<string> {
  return run('serverless', ['package', '--stage', stage, ...parameters.map((each) => `--param=${each}`)], folder);
}

function packagedIn(folder: string, output: string): Packaged {
  const templateFile = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
  const template = JSON.parse(readFileSync(templateFile, 'utf8'));
  return { folder, templateFile, template, output, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What the build prints. Rejects, with `code` and `stderr`, where it fails. */
export function buildInto(outdir: string, policies: string, ...entries: string[]): Promise<string> {
  return run('node', ['scripts/build.ts', '--outdir', outdir, '--policies', policies, ...entries], process.cwd());
}

/** The properties of every resource of this type, by logical id. */
export function all({ template }: Packaged, type: string): Record<string, Record<string, unknown>> {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  return Object.fromEntries(found.map(([id, { Properties }]) => [id, Properties]));
}

/** The properties of the one resource of this type. */
export function only(packaged: Packaged, type: string): Record<string, unknown> {
  const found = Object.values(all(packaged, type));
  if (found.length !== 1) throw new Error(`expected one ${type}, found ${found.length}`);
  return found[0] ?? {};
}

async function run(command: string, args: string[], cwd: string): Promise<string> {
  const path = [resolve('node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = { PATH: path, CI: 'true', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
  const { stdout, stderr } = await promisify(execFile)(command, args, { cwd, env });
  return stdout + stderr;
}
