/* oxlint-disable unicorn/consistent-function-scoping -- helpers stand beside their tests; either outcome may be right */

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Import {
  from: string;
  /** A file of the project by its path, or the name of a package. */
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const found = text.matchAll(
    /^(?:import|export)\b[^'";=]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  );
  return [...found].map(([, named, whole, called]) => {
    const target = named ?? whole ?? called ?? '';
    const to = target.startsWith('.') ? relative('.', normalize(join(dirname(file), target))) : packageOf(target);
    return { from: file, to };
  });
}

function packageOf(target: string): string {
  const parts = target.split('/');
  if (target.startsWith('node:')) return target;
  return target.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

/** `lib/ncloud/client.ts` belongs to `lib/ncloud`; files right under lib are each their own area. In `lib/chat` each folder is. */
function areaOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] === 'functions') return 'functions';
  const depth = file.startsWith('lib/chat/') ? 3 : 2;
  return parts.length > depth ? parts.slice(0, depth).join('/') : file;
}

const files = globSync(['lib/**/*.ts', 'functions/**/*.ts'], { cwd: ROOT });
const imports = files.flatMap(importsOf);
const within = (area: string): Import[] => imports.filter(({ from }) => areaOf(from) === area);
const isProject = (to: string): boolean => to.startsWith('lib/') || to.startsWith('functions/');

/** Every file of the project that a file reaches. */
function reachedFrom(file: string): Set<string> {
  const seen = new Set(needs(file));
  for (const one of seen) for (const to of needs(one)) seen.add(to);
  return seen;
}

const needed = Map.groupBy(imports, ({ from }) => from);
const needs = (file: string): string[] => (needed.get(file) ?? []).map(({ to }) => to).filter(isProject);

const CHAT_FOLDERS = [...new Set(files.map(areaOf))].filter(
  (area) => files.includes(`${area}/chat.ts`) && area !== 'lib/chat/core',
);

/** A chat knows no other. */
const OF_A_CHAT = [
  'lib/text',
  'lib/aws/secret-schemas.ts',
  'lib/chat/core',
  'lib/clock.ts',
  'lib/http/answer.ts',
  'lib/net',
  'lib/termination',
  'lib/wording',
];

/** What an area may import of the project, itself apart. Arrows point down: from what runs to what is decided. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'lib/chance.ts': [],
  'lib/clock.ts': [],
  'lib/errors.ts': [],
  'lib/net': [],
  'lib/text': [],
  'lib/together.ts': [],
  'lib/calendar': [],
  // How each chat writes the ids of people is data, and stands with the chat.
  'lib/termination': ['lib/calendar', 'lib/chat/identities.ts', 'lib/clock.ts', 'lib/text', 'lib/together.ts'],
  'lib/wording': ['lib/calendar', 'lib/termination'],
  'lib/policies': ['lib/calendar', 'lib/chat/identities.ts', 'lib/termination', 'lib/text', 'lib/wording'],
  'lib/reports': ['lib/errors.ts', 'lib/termination', 'lib/wording'],
  'lib/triggers': ['lib/errors.ts', 'lib/policies', 'lib/reports', 'lib/termination'],
  'lib/ncloud': ['lib/chance.ts', 'lib/clock.ts', 'lib/net', 'lib/termination', 'lib/text', 'lib/together.ts'],
  'lib/store': ['lib/chance.ts', 'lib/clock.ts', 'lib/errors.ts', 'lib/termination', 'lib/text', 'lib/wording'],
  'lib/aws': [
    'lib/chance.ts',
    'lib/clock.ts',
    'lib/errors.ts',
    'lib/ncloud',
    'lib/reports/formats/names.ts',
    'lib/reports/words.ts',
    'lib/store',
    'lib/termination',
    'lib/triggers',
    'lib/wording',
  ],
  'lib/http': ['lib/aws/secret-error.ts', 'lib/errors.ts', 'lib/termination', 'lib/triggers/run-control.ts'],
  'lib/chat/identities.ts': ['lib/chat/core', ...CHAT_FOLDERS].map((folder) => `${folder}/identity.ts`),
  'lib/chat/core': [
    'lib/aws',
    'lib/calendar',
    'lib/chat/identities.ts',
    'lib/clock.ts',
    'lib/confirm/link.ts',
    'lib/http',
    'lib/net',
    'lib/policies',
    'lib/termination',
    'lib/text',
    'lib/triggers/run-control.ts',
    'lib/wording',
  ],
  ...Object.fromEntries(CHAT_FOLDERS.map((folder) => [folder, OF_A_CHAT])),
  'lib/chat/registry.ts': ['lib/chat/core', 'lib/chat/identities.ts', ...CHAT_FOLDERS],
  'lib/chat/chats.ts': [
    'lib/aws',
    'lib/chat/core',
    'lib/chat/identities.ts',
    'lib/chat/registry.ts',
    'lib/clock.ts',
    'lib/ncloud/config.ts',
    'lib/policies',
    'lib/store',
    'lib/termination',
    'lib/wording',
  ],
  'lib/chat/probes.ts': ['lib/chat/core', 'lib/chat/identities.ts', ...CHAT_FOLDERS],
  'lib/doctor': [
    'lib/aws',
    'lib/chance.ts',
    'lib/chat/core',
    'lib/chat/identities.ts',
    'lib/chat/probes.ts',
    'lib/chat/registry.ts',
    'lib/clock.ts',
    'lib/ncloud',
    'lib/policies',
    'lib/reports',
    'lib/termination',
    'lib/text',
  ],
  'lib/confirm': ['lib/calendar', 'lib/chat/core', 'lib/http', 'lib/termination', 'lib/triggers/run-control.ts'],
  'lib/webhook': ['lib/http', 'lib/termination', 'lib/triggers', 'lib/wording'],
  'lib/simulator': ['lib/text'],
  'lib/cli': [
    'lib/aws',
    'lib/calendar',
    'lib/chance.ts',
    'lib/clock.ts',
    'lib/confirm',
    'lib/doctor',
    'lib/ncloud',
    'lib/policies',
    'lib/reports',
    'lib/simulator',
    'lib/store',
    'lib/termination',
    'lib/text',
    'lib/triggers',
    'lib/wording',
  ],
  'lib/dev': [
    'functions',
    'lib/chat/core/card-button.ts',
    'lib/cli',
    'lib/clock.ts',
    'lib/net',
    'lib/policies',
    'lib/reports',
    'lib/simulator',
    'lib/store',
    'lib/termination',
    'lib/text',
    'lib/webhook/terminations.ts', // how a caller's run is called, for the lines that npm run dev prints
  ],
  functions: [
    'lib/aws',
    'lib/chat/chats.ts',
    'lib/chat/core',
    'lib/chat/naver-works/incoming.ts',
    'lib/chat/slack/incoming.ts',
    'lib/clock.ts',
    'lib/confirm',
    'lib/errors.ts',
    'lib/http',
    'lib/ncloud',
    'lib/policies',
    'lib/reports',
    'lib/store',
    'lib/termination',
    'lib/triggers',
    'lib/webhook',
  ],
};

/** Without comments. */
function codeOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
}

const READING = 'includes|startsWith|endsWith|split|match|matchAll|search|indexOf|replace|replaceAll';

describe('the layout', () => {
  it('is read: there are imports in every area', () => {
    expect(files.length).toBeGreaterThan(60);
    expect([...new Set(files.map(areaOf))].toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
    expect(imports.length).toBeGreaterThan(200);
  });

  it.each(Object.entries(ALLOWED))(
    '%s imports of the project nothing but itself and what is listed',
    (area, allowed) => {
      const foreign = within(area).filter(({ to }) => isProject(to) && areaOf(to) !== area);
      const wrong = foreign.filter(({ to }) => !allowed.includes(to) && !allowed.includes(areaOf(to)));
      expect(wrong).toEqual([]);
    },
  );

  it('has no file that imports one that is not there', () => {
    const missing = imports.filter(({ to }) => isProject(to) && !files.includes(to));
    expect(missing).toEqual([]);
  });
});

describe('lib/termination', () => {
  it('needs no package but zod, and of Node only hashes', () => {
    const packages = new Set(within('lib/termination').flatMap(({ to }) => (isProject(to) ? [] : [to])));
    expect([...packages].toSorted()).toEqual(['node:crypto', 'zod']);
  });

  it('reads no environment, no clock and no source of chance', () => {
    for (const file of files.filter((one) => areaOf(one) === 'lib/termination')) {
      expect(codeOf(file)).not.toMatch(/\bprocess\.|Date\.now\(|new Date\(\)|Math\.random|setTimeout|\bfetch\(/);
    }
  });
});

describe('reasons', () => {
  /** Sentences are for people: code asks for the reason's code. */
  const READ = new RegExp(
    [
      String.raw`\b(?:reason|refusal|note|summary)(?:\??\.text)?\??\.(?:${READING})\(`,
      String.raw`\.(?:test|exec)\([^)]*\b(?:reason|refusal|note|summary)\b`,
      String.raw`\b(?:inEnglish|say\.reason|reasonData|noteData)\([^)]*\)(?:\??\.\w+)?\??\.(?:${READING})\(`,
    ].join('|'),
  );

  it('are never read back from their sentences', () => {
    const readers = files.filter((file) => areaOf(file) !== 'lib/wording' && READ.test(codeOf(file)));
    expect(readers).toEqual([]);
  });

  it.each([
    'server.reason.includes(name)',
    "refusal?.text.startsWith('the whole plan')",
    'note.text.split(": ")',
    '/holds it/.exec(one.reason)',
    "inEnglish(reason, timezone).replace('x', '')",
    "signalRun(reason, 'UTC').reason.match(/x/)",
  ])('would be read back by %s', (code) => {
    expect(code).toMatch(READ);
  });
});

describe('lib/simulator', () => {
  it('is imported by nothing that runs against the real NCP but the command that starts it', () => {
    const users = imports.filter(({ from, to }) => areaOf(to) === 'lib/simulator' && areaOf(from) !== 'lib/simulator');
    expect(
      [...new Set(users.map(({ from }) => areaOf(from)))].every((area) => ['lib/cli', 'lib/dev'].includes(area)),
    ).toBe(true);
    expect(users.length).toBeGreaterThan(0);
  });

  it('shares no XML library with the client, so that a wrong belief can not pass on both sides', () => {
    expect(within('lib/simulator').map(({ to }) => to)).not.toContain('fast-xml-parser');
  });
});

describe('functions', () => {
  it('are imported by nobody in lib but lib/dev/start.ts', () => {
    const users = imports.filter(({ from, to }) => areaOf(to) === 'functions' && areaOf(from) !== 'functions');
    expect([...new Set(users.map(({ from }) => from))]).toEqual(['lib/dev/start.ts']);
  });

  it('load no library that only the command line needs', () => {
    const seen = new Set<string>();
    const queue = files.filter((file) => areaOf(file) === 'functions');
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      queue.push(...imports.filter(({ from, to }) => from === file && isProject(to)).map(({ to }) => to));
    }
    const packages = imports.filter(({ from }) => seen.has(from)).map(({ to }) => to);
    for (const name of [
      'commander',
      'log-update',
      'cli-table3',
      'slice-ansi',
      'string-width',
      '@aws/durable-execution-sdk-js-testing',
    ]) {
      expect(packages).not.toContain(name);
    }
    expect(
      [...seen].filter(
        (file) => areaOf(file) === 'lib/simulator' || areaOf(file) === 'lib/cli' || areaOf(file) === 'lib/dev',
      ),
    ).toEqual([]);
  });
});

describe('functions that chats call', () => {
  const receivers = files.filter(
    (file) => areaOf(file) === 'functions' && needs(file).some((to) => to.endsWith('/receive.ts')),
  );

  it('are there', () => {
    expect(receivers.length).toBeGreaterThan(1);
  });

  it.each(receivers)('%s loads no store, no client of NCP or AWS, and of chats how its own calls', (file) => {
    const reached = [...reachedFrom(file)];
    const packages = new Set(reached.flatMap((one) => (needed.get(one) ?? []).map(({ to }) => to)));
    const clients = ['undici', '@slack/web-api', 'jose', 'fast-xml-parser', 'node:sqlite'];
    expect([...packages].filter((name) => clients.includes(name) || name.startsWith('@aws-sdk/'))).toEqual([]);
    const incoming = reached.filter((one) => /^lib\/chat\/[\w-]+\/incoming\.ts$/.test(one) && !one.includes('/core/'));
    expect(incoming).toHaveLength(1);
    const own = incoming.map((one) => one.replace('incoming.ts', ''))[0] ?? '';
    const isOther = (one: string): boolean =>
      /^lib\/chat\/[\w-]+\//.test(one) && !/\/(core\/|identity\.ts)/.test(one) && !one.startsWith(own);
    expect(reached.filter(isOther)).toEqual([]);
  });
});

describe('packages', () => {
  it('bring the HTTP clients: nothing calls with what Node has', () => {
    const CALLS = /(?<![#.\w])fetch\(|globalThis\.fetch|\bhttps?\.(request|get)\(|'node:https'/;
    expect(files.filter((file) => CALLS.test(codeOf(file)))).toEqual([]);
  });

  it('of NCP and of AWS stay in their places', () => {
    const users = (name: string): string[] => [
      ...new Set(imports.filter(({ to }) => to === name).map(({ from }) => areaOf(from))),
    ];
    expect(users('fast-xml-parser')).toEqual(['lib/ncloud']);
    expect(users('undici').toSorted()).toEqual(['lib/ncloud', 'lib/net', 'lib/reports']);
    expect(users('commander').toSorted()).toEqual(['lib/cli', 'lib/dev']);
    expect(users('@aws-sdk/client-secrets-manager')).toEqual(['lib/aws']);
    expect(users('@smithy/node-http-handler')).toEqual(['lib/aws']);
    expect(users('@aws-sdk/lib-dynamodb')).toEqual(['lib/store']);
    expect(users('node:sqlite')).toEqual(['lib/store']);
  });
});

describe('types included', () => {
  it('no file reaches itself', () => {
    expect(files.filter((file) => reachedFrom(file).has(file))).toEqual([]);
  });

  it('deciding reaches no port: neither NCP nor what is kept, no chat, no engine', () => {
    const reached = reachedFrom('lib/termination/decision/decide.ts');
    expect([...reached]).toContain('lib/termination/decision/guards.ts');
    const isPure = (file: string): boolean => /^lib\/(termination\/(decision\/|[a-z-]+\.ts)|calendar|text)/.test(file);
    expect([...reached].filter((file) => !isPure(file))).toEqual([]);
  });
});
