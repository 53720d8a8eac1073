import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { BUILD_OPTIONS } from '../../scripts/build.ts';

it('the webhook function is small: no client of NCP, no XML, no calendar', async () => {
  const entryPoints = ['functions/webhook.ts'];
  const options = { ...BUILD_OPTIONS, entryPoints, sourcemap: false, write: false } as const;
  const { metafile } = await build({ ...options, metafile: true, outdir: 'dist' });
  const [output] = Object.values(metafile.outputs);
  const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Set(inputs.map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'banap'));
  const unwanted = [
    'undici',
    'fast-xml-parser',
    'temporal-polyfill',
    'croner',
    'yaml',
    '@slack/web-api',
    '@aws-sdk/nested-clients',
  ];
  expect(unwanted.filter((name) => packages.has(name))).toEqual([]);
  expect(packages).toContain('standardwebhooks');
  expect(output?.bytes).toBeLessThan(640_000);
});
