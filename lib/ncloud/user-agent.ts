import manifest from '../../package.json' with { type: 'json' };

const { name, version }: { name: string; version: string } = manifest;
const address = 'homepage' in manifest ? String(manifest.homepage) : '';

/** What NCP's logs show of us: `banap/0.1.0 (+https://…)`; the address is the `homepage` of package.json, if it has one. */
export const USER_AGENT = `${name}/${version}${address === '' ? '' : ` (+${address})`}`;
