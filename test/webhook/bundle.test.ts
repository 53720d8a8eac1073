import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('the webhook function is small: no client of NCP, no XML, no calendar', async () => {
  const { metafile } = await build({
    entryPoints: ['functions/webhook.ts'],
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node24',
    charset: 'utf8',
    format: 'esm',
    mainFields: ['module', 'main'],
    metafile: true,
    outdir: 'dist',
    logLevel: 'silent',
  });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Set(inputs.map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'banap'));
  const unwanted = ['undici', 'fast-xml-parser', 'temporal-polyfill', 'croner', 'yaml', '@slack/web-api'];
  expect(unwanted.filter((name) => packages.has(name))).toEqual([]);
  expect(packages).toContain('standardwebhooks');
  expect(output?.bytes).toBeLessThan(745_000);
});
