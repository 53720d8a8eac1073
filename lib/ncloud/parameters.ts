/** What an action takes. A list becomes `name.1=…&name.2=…`, counted from one; undefined is left out. */
export type Parameters = Record<string, string | number | boolean | readonly string[] | undefined>;

/** The query string without `?`, in the order given; blanks are `%20`, so that what is signed is what is sent. */
export function encodeParameters(parameters: Parameters): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => pairs(name, value))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join('&');
}

function pairs(name: string, value: Parameters[string]): [string, string][] {
  if (value === undefined) return [];
  if (typeof value === 'object') return value.map((item, index) => [`${name}.${index + 1}`, item]);
  return [[name, String(value)]];
}
