/**
 * Build `dist` for packaging: each Lambda entry as one file, and the compiled `policies.yml`. Any problem in the policies
 * file fails the build, and `dist` stays as it was.
 */

import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { checkPolicies, formatProblem } from '../lib/policies/check.ts';
import { compilePolicies } from '../lib/policies/load.ts';
import { policyResources } from '../lib/policies/resources.ts';
import type { Policies } from '../lib/policies/schema.ts';

const ENTRIES = globSync('functions/*.ts').toSorted();

/**
 * Bundle every entry into one file, `<outdir>/<entry's name>.cjs`. It also writes the source maps, which are not
 * packaged (Node would parse megabytes of them at the first error; keep them to decode a stack), and esbuild's `meta.json`.
 */
async function bundle(entries: string[], outdir: string): Promise<Metafile> {
  const { metafile } = await build({ ...BUILD_OPTIONS, entryPoints: entries, outdir, metafile: true });
  writeFileSync(join(outdir, 'meta.json'), JSON.stringify(metafile));
  return metafile;
}

export const BUILD_OPTIONS: BuildOptions = {
  bundle: true,
  // Unescaped Hangul takes half as many bytes.
  charset: 'utf8',
  platform: 'node',
  target: 'node24',
  // To import a built-in module is to evaluate all that it exports, which for `node:http` is Node's own undici, HTTP/2 and
  // WebSocket; what is required is evaluated as it is used.
  format: 'cjs',
  supported: { 'dynamic-import': false },
  outExtension: { '.js': '.cjs' },
  entryNames: '[name]',
  // The SDK's chain of credential providers is a fifth of a small bundle, and ends in Lambda at its first link.
  alias: { '@aws-sdk/credential-provider-node': './lib/aws/environment-credentials.ts' },
  mainFields: ['module', 'main'],
  minify: true,
  // The names of error classes are compared (AWS SDK) and shown in logs, checkpoints and reports.
  keepNames: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

interface Wanted {
  policies: string;
  outdir: string;
  entries: string[];
  /** Milliseconds since the epoch. */
  builtAt: number;
}

async function main({ policies: file, outdir, entries, builtAt }: Wanted): Promise<void> {
  const missing = [...entries, file].filter((path) => statSync(path, { throwIfNoEntry: false }) === undefined);
  if (missing.length > 0) throw new Error(`there is no ${missing.join(' and no ')}`);
  checked(file, builtAt);
  // Packaging takes everything in `dist`, so nothing of an earlier build may stay there.
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const policies = writePolicies(file, outdir, builtAt);
  const metafile = await bundle(entries, outdir);
  for (const entry of entries) printSizes(join(outdir, `${basename(entry, '.ts')}.cjs`), metafile);
  console.log(`${join(outdir, 'policies.json')}  ${Object.keys(policies.policies).join(', ')}`);
}

/** The compiled policies file, which is packaged with the bundles. */
export function writePolicies(file: string, outdir: string, builtAt: number): Policies {
  const policies = checked(file, builtAt);
  writeFileSync(join(outdir, 'policies.json'), compilePolicies(policies, new Date(builtAt).toISOString()));
  writeFileSync(join(outdir, 'policies-resources.json'), `${JSON.stringify(policyResources(policies), null, 2)}\n`);
  return policies;
}

function checked(file: string, now: number): Policies {
  const { policies, problems, warnings } = checkPolicies(readFileSync(file), { now });
  for (const each of warnings) console.error(`warning: ${formatProblem(file, each)}`);
  for (const each of problems) console.error(formatProblem(file, each));
  if (policies === undefined) throw new Error(`${file} has ${problems.length} problems`);
  return policies;
}

function printSizes(file: string, { outputs }: Metafile): void {
  const content = readFileSync(file);
  console.log(`${file}  ${kB(content.length)} kB, ${kB(gzipSync(content).length)} kB compressed`);
  const [, output] = Object.entries(outputs).find(([path]) => basename(path) === basename(file)) ?? [];
  for (const [name, size] of largest(output?.inputs ?? {})) console.log(`  ${kB(size).padStart(5)} kB  ${name}`);
}

/** The largest packages in a bundle. */
function largest(inputs: Metafile['outputs'][string]['inputs']): [name: string, bytes: number][] {
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = packageOf(path);
    sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
  }
  const heavy = [...sizes].filter(([, size]) => size >= 500);
  return heavy.toSorted(([, a], [, b]) => b - a).slice(0, 8);
}

function packageOf(path: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'banap';
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

function wanted(args: string[], env: Record<string, string | undefined>): Wanted {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { policies: { type: 'string', default: 'policies.yml' }, outdir: { type: 'string', default: 'dist' } },
  });
  const epoch = env['SOURCE_DATE_EPOCH'] ?? '';
  const builtAt = epoch === '' ? Date.now() : Number(epoch) * 1000;
  if (!Number.isSafeInteger(builtAt))
    throw new Error('SOURCE_DATE_EPOCH is wrong; expected seconds such as 1795392000');
  return { ...values, entries: positionals.length > 0 ? positionals : ENTRIES, builtAt };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await main(wanted(process.argv.slice(2), process.env));
  } catch (error) {
    console.error(`build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
