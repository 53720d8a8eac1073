import { ActionRefused } from '../errors.ts';

/**
 * The parameters of one call, query and form together, read strictly. It remembers what was asked for, so that
 * parameters the action does not know can be shown in the journal.
 */
export class Parameters {
  readonly #given: ReadonlyMap<string, string>;
  readonly #known = new Set<string>(['responseFormatType']);

  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  /** Empty counts as absent. */
  text(name: string): string | undefined {
    this.#known.add(name);
    return this.#given.get(name) || undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new ActionRefused('900', name);
    return value;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
    // NCP's pages: 0 to 2147483647. Guess: 900 for anything else.
    if (!(value <= 2_147_483_647)) throw new ActionRefused('900', name);
    return value;
  }

  /** NCP's Python SDK writes `True` and `False`. */
  boolean(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text !== 'true' && text !== 'false') throw new ActionRefused('900', name);
    return text === 'true';
  }

  requiredBoolean(name: string): boolean {
    const value = this.boolean(name);
    if (value === undefined) throw new ActionRefused('900', name);
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    const choice = choices.find((each) => each.toLowerCase() === text);
    if (choice === undefined) throw new ActionRefused('900', name);
    return choice;
  }

  /** `name.1=..&name.2=..`, in numeric order. Guesses: gaps are allowed, a repeated value is refused with 900. */
  list(name: string): string[] {
    const values = this.#numbered(name, '').map(([, value]) => value);
    if (new Set(values).size !== values.length) throw new ActionRefused('900', `${name}.N`);
    return values;
  }

  requiredList(name: string): string[] {
    const values = this.list(name);
    if (values.length === 0) throw new ActionRefused('900', `${name}.N`);
    return values;
  }

  /** `name.1.key=..&name.1.other=..`. */
  records<Key extends string>(name: string, keys: readonly Key[]): Partial<Record<Key, string>>[] {
    const records = new Map<number, Partial<Record<Key, string>>>();
    for (const key of keys) {
      for (const [at, value] of this.#numbered(name, `.${key}`)) {
        records.set(at, { ...records.get(at), [key]: value });
      }
    }
    return [...records].toSorted(([a], [b]) => a - b).map(([, record]) => record);
  }

  /** Names given that nothing asked for. */
  unknown(): string[] {
    return [...this.#given.keys()].filter((name) => !this.#known.has(name));
  }

  #numbered(name: string, suffix: string): [at: number, value: string][] {
    const found: [number, string][] = [];
    for (const [key, value] of this.#given) {
      if (!key.startsWith(`${name}.`) || !key.endsWith(suffix)) continue;
      const at = key.slice(name.length + 1, key.length - suffix.length);
      if (!/^[0-9]+$/.test(at)) continue;
      this.#known.add(key);
      if (value !== '') found.push([Number(at), value]);
    }
    return found.toSorted(([a], [b]) => a - b);
  }
}
