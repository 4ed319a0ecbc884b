/** A date as Debezium writes it in ISO 8601. */
export interface IsoDate {
  /** The year as ISO counts it: 0 is PostgreSQL's 1 BC. */
  readonly year: number;
  /** `MM-DD`. */
  readonly monthDay: string;
}

const DATE = /^([+-]?\d{4,9})-(\d\d-\d\d)$/;

/** Reads a date in ISO 8601. Returns undefined for any other text. */
export function parseIsoDate(text: string): IsoDate | undefined {
  const [, year, monthDay] = DATE.exec(text) ?? [];
  if (year === undefined || monthDay === undefined || !isDayOfYear(Number(year), monthDay)) return undefined;
  return { year: Number(year), monthDay };
}

/** Whether a year has this `MM-DD`. The calendar repeats after 400 years. */
function isDayOfYear(year: number, monthDay: string): boolean {
  const text = `${2000 + (year % 400)}-${monthDay}`;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Returns a date as PostgreSQL writes it, and the era that ends the text: ` BC`, or nothing. */
export function dateTextOf({ year, monthDay }: IsoDate): { readonly date: string; readonly era: string } {
  const shownYear = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return { date: `${shownYear}-${monthDay}`, era: year > 0 ? "" : " BC" };
}

/**
 * Whether a date is one of 1582-10-05 to 1582-10-24. Java's old calendar jumps over the first ten
 * of these days and sends each as a later one, so none of them is certain where Debezium uses it.
 */
export function isInCalendarJump({ year, monthDay }: IsoDate): boolean {
  return year === 1582 && monthDay >= "10-05" && monthDay <= "10-24";
}

/**
 * Whether a date is before 1582-10-25, the first day that Java's old calendar cannot have moved.
 */
export function isBeforeCertainDays({ year, monthDay }: IsoDate): boolean {
  return year < 1582 || (year === 1582 && monthDay < "10-25");
}
