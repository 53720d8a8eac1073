import { describe, expect, it } from 'vitest';
import { isNamedIn, personIn, requestedBySchema } from '../../lib/termination/person.ts';

const schema = requestedBySchema(200);
const UUID = 'c72af563-0f21-4736-8ca2-dc4f5e9cbe5e';

describe('who asked', () => {
  it.each(['slack:U0HANA', 'slack:W012ABC', `naver-works:${UUID}`])('may be the person %s', (text) => {
    expect(schema.parse(text)).toBe(text);
    expect(personIn(text)).toBe(text);
  });

  it.each([
    '',
    'kim',
    '김하나 (개발팀)',
    'slack-bot',
    'Slack workflow "clean up"',
    'NAVER WORKS 봇',
    'jenkins job 1204: nightly',
    'github:octocat',
    'https://ci.example.com/jobs/12',
    'schedule nightly-dev of 2026-11-23T12:00:00Z',
    'change of tags, event 6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'Ulrike',
    'WEB TEAM',
    'ubuntu2404',
  ])('may be anything that is no id: %j', (text) => {
    expect(schema.parse(text)).toBe(text);
    expect(personIn(text)).toBeUndefined();
  });

  it.each([
    ['another case', 'Slack:U0HANA'],
    ['another case behind the colon', 'slack:u0hana'],
    ['capitals', 'SLACK:U0HANA'],
    ['a blank behind the colon', 'slack: U0HANA'],
    ['a blank before the colon', 'slack :U0HANA'],
    ['a blank in front', ' slack:U0HANA'],
    ['a line break behind', 'slack:U0HANA\n'],
    ['a name behind', 'slack:U0HANA (Hana)'],
    ['a name in front', '김하나 (slack:U0HANA)'],
    ['two ids', 'slack:U0HANA,slack:U0MINA'],
    ['a mention', '<@U0HANA>'],
    ['a mention with a name', '<@U0HANA|hana>'],
    ['the id alone', 'U0HANA'],
    ['the id alone, of another kind', 'W8KQ2T7PZ'],
    ['the id alone in lowercase', 'u0hana7'],
    ['another separator', 'slack/U0HANA'],
    ['a hyphen for the colon', 'slack-U0HANA'],
    ['a full-width colon', 'slack：U0HANA'],
    ['full-width letters', 'ｓｌａｃｋ:U0HANA'],
    ['Cyrillic letters in the chat', 'ѕlасk:U0HANA'],
    ['nothing but Cyrillic letters in the chat', 'ѕӏаск:U0HANA'],
    ['a Cyrillic letter in the id', 'slack:U0HАNA'],
    ['a Ukrainian letter that is drawn as another', 'sіack:U0HANA'],
    ['a Cyrillic letter in a user id', `naver-works: ${UUID.replace('d', 'ԁ')}`],
    ['an invisible letter', 'sla\u200bck:U0HANA'],
    ['an invisible letter in the id', 'slack:U0HA\u2060NA'],
    ['a ratio sign for the colon', 'slack∶U0HANA'],
    ['a caller in front', 'webhook:ci for slack:U0HANA'],
    ['NAVER WORKS in two words', `NAVER WORKS: ${UUID}`],
    ['NAVER WORKS without its hyphen', `naverworks:${UUID}`],
    ['capitals in the UUID', `naver-works:${UUID.toUpperCase()}`],
    ['another hyphen', `naver\u2011works:${UUID}`],
    ['the UUID alone', UUID],
    ['the UUID without hyphens', UUID.replaceAll('-', '')],
    ['a mail address where the user id belongs', 'naver-works:hana@example.com'],
  ])('must not be nearly an id: %s', (_what, text) => {
    const { error } = schema.safeParse(text);
    expect(error?.issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^looks like the id of a person .* for example "slack:U012ABC" or "naver-works:/),
    ]);
    expect(personIn(text)).toBeUndefined();
  });

  it('is nobody if left out, and is bounded', () => {
    expect(schema.parse(undefined)).toBe('');
    expect(schema.safeParse('x'.repeat(201)).success).toBe(false);
  });
});

describe('a person in a text', () => {
  const HANA = 'slack:U4HANA7QX';

  it.each([
    [HANA, HANA],
    [HANA, 'Hana (U4HANA7QX)'],
    [HANA, 'Hana <@U4HANA7QX>'],
    [HANA, 'slack U4HANA7QX'],
    [HANA, 'u4hana7qx'],
    [HANA, 'hana-U4HANA7QX@chat'],
    [HANA, 'U4-HANA 7QX'],
    [HANA, 'U4H\u0430NA7QX for the demo'],
    [HANA, 'U4HA\u200bNA7QX'],
    [`naver-works:${UUID}`, `Duri ${UUID}`],
    [`naver-works:${UUID}`, `duri:${UUID.toUpperCase().replaceAll('-', '')}`],
  ])('%s is named in %j', (id, text) => {
    expect(isNamedIn(text, id)).toBe(true);
  });

  it.each(['', 'Hana', 'U4HANA7Q', 'slack', UUID, 'event 6a7e8feb-b491-4cf7-a9f1-bf3703467718'])(
    `${HANA} is not named in %j`,
    (text) => {
      expect(isNamedIn(text, HANA)).toBe(false);
    },
  );
});
