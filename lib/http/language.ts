/**
 * The one of these languages that `Accept-Language` (RFC 9110) prefers; the first if it names none of them.
 * @middy/http-content-negotiation (7.9.2) chooses the same, but adds 10.8 kB to the bundle of the webhook, which is too much.
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
