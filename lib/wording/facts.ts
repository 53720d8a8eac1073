/** What people know a server by, in words: its age, its size, how much its volumes hold. */

import type { Size } from '../termination/model.ts';
import type { Language } from './language.ts';

const HOUR_MS = 60 * 60 * 1_000;

/** `12 d old`, `5 h old`; empty where the date (RFC 3339) is not known. `now` in milliseconds since the epoch. */
export function ageIn(language: Language, createDate: string, now: number): string {
  const ms = now - Date.parse(createDate);
  if (!(ms >= 0)) return '';
  const hours = Math.floor(ms / HOUR_MS);
  const [count, unit] = hours < 48 ? [hours, 'hours' as const] : [Math.floor(hours / 24), 'days' as const];
  return AGES[language][unit](count);
}

const AGES: Record<Language, Record<'hours' | 'days', (count: number) => string>> = {
  en: { hours: (count) => `${count} h old`, days: (count) => `${count} d old` },
  ko: { hours: (count) => `${count}시간 전 생성`, days: (count) => `${count}일 전 생성` },
};

/** `2 vCPU 4 GB`; empty where NCP told neither. */
export function sizeInWords({ cpuCount, memoryBytes }: Size): string {
  const parts = [
    ...(cpuCount === 0 ? [] : [`${cpuCount} vCPU`]),
    ...(memoryBytes === 0 ? [] : [bytesInWords(memoryBytes)]),
  ];
  return parts.join(' ');
}

/** `100 GB`, `1.5 TB`: in the units in which NCP sells them, of 1,024. */
export function bytesInWords(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  const [amount, unit] = gigabytes >= 1024 ? [gigabytes / 1024, 'TB'] : [gigabytes, 'GB'];
  return `${Number(amount.toFixed(1))} ${unit}`;
}
