import type { Report } from '../report.ts';

/** How a report is written for one kind of receiver. */
export interface Format {
  /** JSON text, within the receiver's limits, with nothing of others read as formatting, a link or a mention. */
  body: (report: Report) => string;
  /** Besides the content type. */
  headers: Readonly<Record<string, string>>;
}
