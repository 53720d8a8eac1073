/** An answer for API Gateway (HTTP API, payload 2.0). Header names are in lower case. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonAnswer(statusCode: number, value: unknown): HttpAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { statusCode, headers, body: JSON.stringify(value) };
}

/**
 * A page without external resources or frames, and without scripts but the one that is named. Its address, which lets its holder decide, is sent to nobody. Its
 * one style element is allowed by its hash (`'sha256-…'`).
 *
 * Not @middy/http-security-headers (7.9.2): it adds four directives to a policy that is given to it, `sandbox` among them,
 * sets headers that are not needed (1.5 kB per answer), and adds 5.8 kB to the bundle.
 */
export function pageAnswer(
  statusCode: number,
  html: string,
  { language, styleHash, scriptHash }: { language: string; styleHash: string; scriptHash?: string },
): HttpAnswer {
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...(scriptHash === undefined ? [] : [`script-src ${scriptHash}`]),
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    statusCode,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      vary: 'accept-language',
      'cache-control': 'no-store',
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
    },
    body: html,
  };
}
