/** `hooks.example.com,127.0.0.1` as hosts of URLs are written; undefined if one of them is not a host. */
export function allowedHostsIn(text: string): string[] | undefined {
  const hosts = text.split(',').map((one) => one.trim());
  const written = hosts.filter((one) => one !== '').map(hostOf);
  return written.includes(undefined) ? undefined : written.flatMap((one) => one ?? []);
}

function hostOf(text: string): string | undefined {
  const url = URL.parse(`https://${text}/`);
  if (url === null || url.href !== `https://${url.hostname}/`) return undefined;
  return url.hostname;
}
