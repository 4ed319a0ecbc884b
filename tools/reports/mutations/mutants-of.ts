import { parseSync, Visitor } from "oxc-parser";
import type { Expression } from "oxc-parser";

/** A file without one of its checks. */
export interface Mutant {
  readonly line: number;
  /** A description of the mutation, in one line. */
  readonly what: string;
  readonly text: string;
}

/** The comparison that differs from another one in the bound alone. */
const NEIGHBOURS: Readonly<Record<string, string>> = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };

/**
 * Returns every way to take one check out of a file: a condition, an operand of one, a call of
 * another check, a name from a list of what is compared. With `bounds`, also every way to move a
 * comparison or a number by one.
 */
export function mutantsOf(file: string, text: string, { bounds = false } = {}): Mutant[] {
  const mutants: Mutant[] = [];
  const replace = ({ start, end }: Span, by: string, what: string): void => {
    const old = text.slice(start, end).replaceAll(/\s+/g, " ");
    mutants.push({
      line: text.slice(0, start).split("\n").length,
      what: `${what}: ${old.length > 70 ? `${old.slice(0, 69)}…` : old}`,
      text: text.slice(0, start) + by + text.slice(end),
    });
  };
  new Visitor({
    IfStatement: ({ test }) => {
      replace(test, "false", "never");
      for (const { operand, neutral } of operandsOf(test)) replace(operand, neutral, "without");
    },
    ExpressionStatement: (statement) => {
      const { expression } = statement;
      if (expression.type !== "CallExpression" || expression.callee.type !== "Identifier") return;
      if (/^(verify|check)/.test(expression.callee.name)) replace(statement, ";", "not called");
    },
    BinaryExpression: ({ operator, left, right }) => {
      const neighbour = NEIGHBOURS[operator];
      const span = { start: left.end, end: right.start };
      if (bounds && neighbour !== undefined) replace(span, ` ${neighbour} `, `${neighbour} for`);
    },
    Literal: ({ start, end, value }) => {
      if (bounds && typeof value === "bigint")
        replace({ start, end }, `(${text.slice(start, end)} + 1n)`, "one more than");
      if (bounds && typeof value === "number")
        replace({ start, end }, `(${text.slice(start, end)} + 1)`, "one more than");
    },
    ArrayExpression: ({ elements }) => {
      if (elements.length < 2 || !elements.every((element) => element?.type === "Literal")) return;
      for (const element of elements) if (element !== null) replace(element, "", "not compared");
    },
  }).visit(parseSync(file, text).program);
  return mutants;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Operand {
  readonly operand: Span;
  /** A text that makes the operand have no effect. */
  readonly neutral: string;
}

function operandsOf(test: Expression): Operand[] {
  if (test.type === "ParenthesizedExpression") return operandsOf(test.expression);
  if (test.type !== "LogicalExpression" || test.operator === "??") return [];
  const neutral = test.operator === "||" ? "false" : "true";
  return [test.left, test.right].flatMap((operand) => {
    const inner = operandsOf(operand);
    return inner.length > 0 ? inner : [{ operand, neutral }];
  });
}
