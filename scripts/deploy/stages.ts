/** Reads `stages.yml`, and says everything that is wrong with it at once, each with its line. */

import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { codeOf } from '../../lib/errors.ts';
import { readYaml } from '../../lib/policies/document.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { decodeUtf8 } from '../../lib/text/utf8.ts';
import { Refusal } from './refusal.ts';
import { forEachSetting, SETTING_NAMES, type SettingName, type Stage, settingOf } from './settings.ts';

export const STAGES_FILE = 'stages.yml';

/** The longest names that are made of it have 64 letters. */
const STAGE_NAME = /^[a-z][a-z0-9-]{0,19}$/;
const NAMES = ['account', ...SETTING_NAMES];

export const accountSchema = z.string().regex(/^\d{12}$/);

/** Throws a Refusal with every problem of the file, or one that says which stages there are. */
export function stageIn(file: string, wanted: string): Stage {
  const stages = stagesIn(file);
  const stage = stages.find(({ name }) => name === wanted);
  if (stage !== undefined) return stage;
  const names = stages.map(({ name }) => name);
  const meant = nearest(wanted, names);
  const hint = meant === undefined ? `expected one of ${names.join(', ')}` : `did you mean ${meant}?`;
  throw new Refusal([`${file} has no stage ${wanted}; ${hint}`]);
}

export function stagesIn(file: string): Stage[] {
  const decoded = decodeUtf8(bytesOf(file));
  if (!decoded.ok) throw new Refusal([`${file}:${decoded.line}:${decoded.column} ${decoded.problem}`]);
  const yaml = readYaml(decoded.text);
  const { value, problems } = yaml;
  const broken = problems.map(({ line, column, message }) => ({ line, column, text: message }));
  const read = value === undefined && broken.length > 0 ? [] : entriesOf(value);
  const found = read.flatMap((one) => ('problem' in one ? [one] : []));
  const placed = found.map(({ path, problem, atKey = true }) => ({
    ...yaml.placeOf(path, atKey),
    text: path.length === 0 ? problem : `${path.join('.')}: ${problem}`,
  }));
  const all = [...broken, ...placed].toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (all.length > 0) throw new Refusal(all.map(({ line, column, text }) => `${file}:${line}:${column} ${text}`));
  return read.flatMap((one) => ('problem' in one ? [] : [one]));
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Refusal([`${file} cannot be read (${codeOf(error)}); expected a file such as ${EXAMPLE}`]);
  }
}

const EXAMPLE = "dev: { account: '111122223333', region: ap-northeast-2 }";

interface Problem {
  path: string[];
  problem: string;
  atKey?: boolean;
}

function entriesOf(value: unknown): (Stage | Problem)[] {
  if (!isMap(value) || Object.keys(value).length === 0)
    return [{ path: [], problem: `expected stages by name, for example ${EXAMPLE}` }];
  return Object.entries(value).flatMap(([name, entry]) => stageOf(name, entry));
}

function stageOf(name: string, entry: unknown): (Stage | Problem)[] {
  const expected = `expected settings, for example ${EXAMPLE}`;
  if (!isMap(entry)) return [{ path: [name], problem: `${kindOf(entry)}; ${expected}`, atKey: false }];
  const wrongName = STAGE_NAME.test(name)
    ? []
    : [
        {
          path: [name],
          problem: 'no name for a stage; expected 1 to 20 small letters, digits and hyphens, for example dev',
        },
      ];
  const missing =
    'region' in entry
      ? []
      : [{ path: [name, 'region'], problem: 'missing; expected for example region: ap-northeast-2' }];
  const problems = [...wrongName, ...missing, ...Object.entries(entry).flatMap((one) => problemsOf(name, ...one))];
  if (problems.length > 0) return problems;
  const given = new Set(SETTING_NAMES.filter((key) => key in entry));
  const value = (key: SettingName): string => {
    const { schema, fallback } = settingOf(key);
    return given.has(key) ? schema.parse(entry[key]) : fallback(name);
  };
  const settings = forEachSetting(value);
  return [{ name, account: accountSchema.optional().parse(entry['account']), settings, given }];
}

function problemsOf(stage: string, key: string, value: unknown): Problem[] {
  const path = [stage, key];
  if (key === 'account') {
    if (accountSchema.safeParse(value).success) return [];
    return [
      {
        path,
        problem: `${kindOf(value)}; expected the 12 digits of an AWS account in quotes, for example '111122223333'`,
      },
    ];
  }
  const name = SETTING_NAMES.find((one) => one === key);
  if (name === undefined) {
    const meant = nearest(key, NAMES);
    return [
      {
        path,
        problem: `unknown setting; ${meant === undefined ? `expected one of ${NAMES.join(', ')}` : `did you mean ${meant}?`}`,
      },
    ];
  }
  const { schema, expected, example, secret } = settingOf(name);
  if (schema.safeParse(value).success) return [];
  // Somebody may have written a secret instead of its name.
  const shown = secret === undefined ? `${kindOf(value)}; ` : '';
  return [{ path, problem: `${shown}expected ${expected}, for example ${example}`, atKey: false }];
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'a map';
  return JSON.stringify(value).slice(0, 60);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
