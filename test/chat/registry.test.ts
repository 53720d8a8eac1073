/** The registry's entry of each chat is consistent, and agrees with what is deployed for it. */

import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { CHAT_IDS, IDENTITIES, PEOPLE, peopleOf } from '../../lib/chat/identities.ts';
import { CHATS } from '../../lib/chat/registry.ts';
import { declaredApi } from '../../lib/dev/dev-gateway.ts';
import { policiesSchema } from '../../lib/policies/schema.ts';
import { personIn, requestedBySchema } from '../../lib/termination/person.ts';

const deployed = z
  .looseObject({
    params: z.looseObject({ default: z.record(z.string(), z.unknown()) }),
    functions: z.record(z.string(), z.looseObject({ environment: z.record(z.string(), z.unknown()).default({}) })),
  })
  .parse(parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }));

const environmentOf = (name: string): Record<string, unknown> => deployed.functions[name]?.environment ?? {};
const all = CHAT_IDS.map((id) => [id, CHATS[id]] as const);
const calling = all.flatMap(([id, { incoming }]) => (incoming === undefined ? [] : [[id, incoming] as const]));

describe.each(all)('%s', (id, chat) => {
  it('is the person that policies and requests name', () => {
    expect(chat.identity).toBe(IDENTITIES[id]);
  });

  it('has a room that a policy may name, and none that is anything', () => {
    const roomed = (room: unknown) => {
      const policy = { select: { environment: 'vpc', names: ['dev-*'] }, chat: { [id]: room } };
      return policiesSchema.safeParse({ version: 1, policies: { one: policy } });
    };
    const { examples } = z.object({ examples: z.array(z.string()) }).parse(chat.identity.room.meta());
    expect(examples.map((room) => roomed(room).data?.policies['one']?.chat)).toEqual([{ [id]: examples[0] }]);
    expect(['', 'not a room!', 7].map((room) => roomed(room).success)).toEqual([false, false, false]);
  });

  it('shows runs: the function that terminates is told of its secret, by a parameter that may be left empty', () => {
    expect(environmentOf('terminate')).toMatchObject({ [chat.secret.setting]: `\${param:${id}SecretId}` });
    expect(deployed.params.default).toMatchObject({ [`${id}SecretId`]: '' });
  });
});

describe.each(calling)('%s, which calls', (id, { chat, identity, secret, paths }) => {
  it('is the same chat there, with the same secret', () => {
    expect({ chat, identity, secret }).toEqual({ chat: id, identity: CHATS[id].identity, secret: CHATS[id].secret });
  });

  it('has routes to the one function that takes them, which is told of its secret', () => {
    const { entryByRoute } = declaredApi();
    const entries = new Set(paths.map((path) => entryByRoute[`ANY ${path}`]));
    expect([...entries]).toEqual([expect.any(String)]);
    const [entry = ''] = entries;
    expect(globSync('functions/*.ts')).toContain(`functions/${entry}.ts`);
    const others = Object.entries(entryByRoute).filter(([key, to]) => to === entry && !paths.includes(key.slice(4)));
    expect(others).toEqual([]);
    for (const name of [id, 'chat']) {
      expect(environmentOf(name)).toMatchObject({ [secret.setting]: `\${param:${id}SecretId}` });
    }
  });
});

describe('people', () => {
  it.each(PEOPLE)('of $chat have ids that are theirs alone', ({ chat, prefix, example, expected, lookalike }) => {
    expect(personIn(example)).toBe(example);
    expect(peopleOf(example)?.chat).toBe(chat);
    expect(example.startsWith(prefix)).toBe(true);
    expect(expected).toContain(prefix);
    expect(prefix).toMatch(new RegExp(`^${lookalike}:$`));
    expect(PEOPLE.filter((one) => prefix.startsWith(one.prefix))).toHaveLength(1);
    const nearly = [`${example} `, `${prefix} ${example.slice(prefix.length)}`, `(${example})`, prefix];
    expect(nearly.filter((text) => requestedBySchema(200).safeParse(text).success)).toEqual([]);
  });
});
