import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { filesOfOtherKeys, stateFile, stateFolder } from '../../lib/cli/state-file.ts';

const HOME = '/home/mina';

describe('the state folder', () => {
  it.each([
    ['linux', {}, '/home/mina/.local/state/banap'],
    ['linux', { XDG_STATE_HOME: '/var/state' }, '/var/state/banap'],
    ['linux', { XDG_STATE_HOME: 'relative' }, '/home/mina/.local/state/banap'],
    ['darwin', { XDG_STATE_HOME: '/var/state' }, '/home/mina/Library/Application Support/banap'],
    ['win32', { LOCALAPPDATA: '/users/mina/local' }, '/users/mina/local/banap'],
    ['linux', { BANAP_STATE_DIR: '/srv/banap' }, '/srv/banap'],
  ] as const)('on %s with %j is %s', (platform, env, expected) => {
    expect(stateFolder({ HOME, ...env }, platform)).toBe(expected);
  });

  it('is not a relative one', () => {
    expect(() => stateFolder({ HOME, BANAP_STATE_DIR: 'state' })).toThrow(
      'BANAP_STATE_DIR is "state"; expected an absolute path, for example /var/lib/banap',
    );
  });
});

describe('the file of an account', () => {
  const id = { account: 'default', gateway: 'https://ncloud.apigw.ntruss.com', accessKey: 'AKIDEXAMPLE' };

  it('differs for another gateway or access key, and does not show the key', () => {
    const others = [
      { ...id, gateway: 'http://127.0.0.1:18080' },
      { ...id, accessKey: 'ANOTHER' },
    ];
    const files = [id, ...others].map((one) => stateFile('/s', one));
    expect(new Set(files).size).toBe(3);
    expect(files.join()).not.toMatch(/AKID|ANOTHER/);
    expect(basename(stateFile('/s', id))).toMatch(/^default-[0-9a-f]{12}-[0-9a-f]{12}\.db$/);
  });

  it('is the same one under another name of the account, and none under two names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'banap-state-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lab = { ...id, account: 'lab' };
    const [own, another] = [id, lab].map((one) => stateFile(folder, one));
    writeFileSync(own ?? '', '');
    expect(stateFile(folder, lab)).toBe(own);
    expect(filesOfOtherKeys(folder, lab)).toEqual([]);
    writeFileSync(another ?? '', '');
    expect(() => stateFile(folder, id)).toThrow('are of the same access key, and the holds of both should count');
  });

  it('that does not exist yet is told apart from those of other keys of the same account', () => {
    const folder = mkdtempSync(join(tmpdir(), 'banap-state-'));
    const old = stateFile(folder, { ...id, accessKey: 'OLD' });
    for (const file of [old, stateFile(folder, { ...id, account: 'lab', accessKey: 'LAB' }), `${old}-wal`])
      writeFileSync(file, '');
    expect(filesOfOtherKeys(folder, id)).toEqual([old]);
    writeFileSync(stateFile(folder, id), '');
    expect(filesOfOtherKeys(folder, id)).toEqual([]);
    expect(filesOfOtherKeys(join(folder, 'nowhere'), id)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
