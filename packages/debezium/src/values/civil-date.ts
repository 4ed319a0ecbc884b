/** A date of the proleptic Gregorian calendar. */
interface CivilDate {
  /** `YYYY-MM-DD`, with more digits for a year after 9999. */
  readonly date: string;
  /** The end of the text: ` BC` for a year before Christ, otherwise empty. */
  readonly era: " BC" | "";
}

const DAYS_BEFORE_1970 = 719_468n;
const DAYS_OF_CYCLE = 146_097n;

/**
 * Returns the date of a day number since 1970. The calendar repeats in cycles of 400 years. They
 * are counted from March of year 0, so that a leap day is the last day of its year.
 */
export function civilDateOf(days: bigint): CivilDate {
  const shifted = days + DAYS_BEFORE_1970;
  const cycle = floorDivide(shifted, DAYS_OF_CYCLE);
  const dayOfCycle = shifted - cycle * DAYS_OF_CYCLE;
  const yearOfCycle = (dayOfCycle - dayOfCycle / 1_460n + dayOfCycle / 36_524n - dayOfCycle / 146_096n) / 365n;
  const dayOfYear = dayOfCycle - (365n * yearOfCycle + yearOfCycle / 4n - yearOfCycle / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const day = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfCycle + cycle * 400n + (month <= 2n ? 1n : 0n);
  return {
    date: [pad(year > 0n ? year : 1n - year, 4), pad(month, 2), pad(day, 2)].join("-"),
    era: year > 0n ? "" : " BC",
  };
}

/** Returns the quotient of two integers, rounded towards −∞. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

function pad(number: bigint, length: number): string {
  return String(number).padStart(length, "0");
}
