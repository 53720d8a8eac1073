/**
 * The key of the route that API Gateway takes a request along; undefined where there is none, whatever stands behind the
 * others. A key is a method or `ANY` with a path, in which `{name}` stands for one segment, or `$default` for the rest.
 * Source: API Gateway, "Create routes for HTTP APIs".
 */
export function routeKeyFor(keys: readonly string[], method: string, path: string): string | undefined {
  const there = keys.filter((key) => isAt(key, path));
  const own = there.find((key) => key.startsWith(`${method} `));
  const any = there.find((key) => key.startsWith('ANY '));
  return own ?? any ?? keys.find((key) => key === '$default');
}

function isAt(key: string, path: string): boolean {
  const wanted = (key.split(' ')[1] ?? '').split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, index) => (segment.startsWith('{') ? given[index] !== '' : segment === given[index]));
}
