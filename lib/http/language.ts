/**
 * Which of these languages somebody likes best, by `Accept-Language` (RFC 9110); the first where it says none of them.
 * @middy/http-content-negotiation (7.9.2) chooses the same, but weighs 10.8 kB, more than the webhook's bundle may grow.
 */
export function preferredLanguage<Language extends string>(
  header: string | undefined,
  languages: readonly [Language, ...Language[]],
): Language {
  const wishes = (header ?? '').split(',').map(wishFrom);
  const liked = languages.map((language) => ({
    language,
    quality: Math.max(0, ...wishes.filter((wish) => wish.language === language).map(({ quality }) => quality)),
  }));
  const best = liked.toSorted((a, b) => b.quality - a.quality)[0];
  return best === undefined || best.quality === 0 ? languages[0] : best.language;
}

/** `ko-KR;q=0.8` is Korean, 0.8. */
function wishFrom(range: string): { language: string; quality: number } {
  const [, language = '', quality = '1'] = /^\s*([A-Za-z]+)[A-Za-z0-9-]*\s*(?:;\s*q=([0-9.]+)\s*)?$/.exec(range) ?? [];
  const value = Number(quality);
  return { language: language.toLowerCase(), quality: Number.isFinite(value) ? value : 0 };
}
