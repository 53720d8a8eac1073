export type Language = 'en' | 'ko';

/** In which language to answer what somebody wrote: Korean where there is any Hangul in it. */
export function languageOf(text: string): Language {
  return /\p{Script=Hangul}/u.test(text) ? 'ko' : 'en';
}
