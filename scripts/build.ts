import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Metafile } from 'esbuild';

/**
 * Bundle one Lambda entry into one file, `<outdir>/<entry's name>.mjs`, and empty `outdir` first: the packaging takes
 * what lies there, so nothing of an earlier build may. Besides it come the source map, which is not packaged (Node
 * would parse megabytes of it at the first error; keep it to decode a stack), and esbuild's `meta.json`.
 */
async function bundle(entry: string, outdir: string): Promise<{ file: string; metafile: Metafile }> {
  rmSync(outdir, { recursive: true, force: true });
  const file = join(outdir, `${basename(entry, '.ts')}.mjs`);
  const { metafile } = await build({ ...options, entryPoints: [entry], outfile: file, metafile: true });
  mkdirSync(outdir, { recursive: true });
  writeFileSync(join(outdir, 'meta.json'), JSON.stringify(metafile));
  return { file, metafile };
}

const options: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Dependencies are CommonJS in places and ask for `require` and built-in modules at run time.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  mainFields: ['module', 'main'],
  minify: true,
  // The names of error classes are compared (AWS SDK) and shown in logs, checkpoints and reports.
  keepNames: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

async function main(entry: string, outdir: string): Promise<void> {
  if (statSync(entry, { throwIfNoEntry: false }) === undefined) throw new Error(`there is no entry ${entry}`);
  const { file, metafile } = await bundle(entry, outdir);
  const bytes = statSync(file).size;
  console.log(`${file}  ${kB(bytes)} kB, ${kB(gzipSync(readFileSync(file)).length)} kB compressed`);
  for (const [name, size] of largest(metafile)) console.log(`  ${kB(size).padStart(5)} kB  ${name}`);
}

/** The packages that weigh most in the bundle. */
function largest(metafile: Metafile): [name: string, bytes: number][] {
  const sizes = new Map<string, number>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = packageOf(path);
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 8);
}

function packageOf(path: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'banap';
}

function kB(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [entry = 'functions/terminate.ts', outdir = 'dist'] = process.argv.slice(2);
  main(entry, outdir).catch((error: unknown) => {
    console.error(`build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}
