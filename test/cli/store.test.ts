import { describe, expect, it } from 'vitest';
import { tableFrom } from '../../lib/cli/store.ts';
import { ConfigError } from '../../lib/ncloud/config.ts';

describe('BANAP_TABLE', () => {
  it('names the table', () => {
    expect(tableFrom({ BANAP_TABLE: 'banap-dev' })).toBe('banap-dev');
  });

  it.each([
    [undefined, 'BANAP_TABLE is not set; expected'],
    ['', 'BANAP_TABLE is not set; expected'],
    ['ab', 'BANAP_TABLE is "ab"; expected'],
    ['banap dev', 'BANAP_TABLE is "banap dev"; expected'],
  ])('%j is refused in one sentence', (given, saying) => {
    const env = given === undefined ? {} : { BANAP_TABLE: given };
    expect(() => tableFrom(env)).toThrow(ConfigError);
    expect(() => tableFrom(env)).toThrow(saying);
    expect(() => tableFrom(env)).toThrow("the name of banap's DynamoDB table, for example banap-dev");
  });
});
