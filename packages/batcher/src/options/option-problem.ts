/** One problem of an option. It holds no text of a value, since that may be a secret. */
export interface OptionProblem {
  /** The path of the option, such as `policy.batchSize`. */
  readonly member: string;
  /** The index of the name in a list of names. */
  readonly index?: number;
  /** A description of what was expected there. */
  readonly expected: string;
  /** What was expected and what came, where the option is a whole number. */
  readonly number?: NumberRange & { readonly got: number };
}

/** The range of a whole number, both ends included. */
export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

/** Returns the problem of a number that is not whole or is out of its range, or nothing. */
export function numberProblems(member: string, value: number, { least, most }: NumberRange): OptionProblem[] {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  const expected = `a whole number from ${least} to ${most}`;
  return [{ member, expected, number: { least, most, got: value } }];
}

/** Returns the text of a problem. */
export function problemText({ member, index, expected, number }: OptionProblem): string {
  const place = index === undefined ? member : `${member}[${index}]`;
  return `${place}: expected ${expected}${number === undefined ? "" : `, got ${number.got}`}`;
}
