/** One atomic step. What is `optional` (a crash, a message that was thought lost) may happen and need not: nobody may have to wait for it. */
export interface Step<State> {
  readonly name: string;
  readonly to: State;
  readonly optional?: true;
}

/** A transition system, and what must hold of it. All functions are pure. */
export interface Model<State> {
  readonly initial: State;
  next(state: State): readonly Step<State>[];
  /** Two states with the same text MUST have the same future, up to names. */
  encode(state: State): string;
  /** What must hold in every state, by name. */
  readonly invariants: Readonly<Record<string, (state: State) => boolean>>;
  /** What must hold of every step, by name. */
  readonly stepInvariants: Readonly<Record<string, (from: State, to: State) => boolean>>;
  /** Whether everything is done, in a state where nobody has anything to do. */
  isGoodEnd(state: State): boolean;
}

/** What was broken, an invariant's name or one of the two below, and the shortest way there. */
interface Violation {
  readonly broken: string;
  readonly trace: readonly string[];
}

/** Where only optional steps are left, or none, the end must be a good one. */
export const STUCK = "every end is a good one";
/** There are finitely many states, so a run without end goes in a circle. */
export const ENDLESS = "every run ends";

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Steps to the farthest state, by the shortest way. */
  readonly depth: number;
  /** States where nobody has anything to do. */
  readonly ends: number;
  /** The names of all steps that were taken. */
  readonly names: ReadonlySet<string>;
  readonly violation: Violation | undefined;
}

/**
 * Visits every reachable state, breadth first, up to the first violation, so no trace to one is shorter. The states themselves are not
 * kept, only their texts: a trace is found again by walking along them.
 */
export function explore<State>(model: Model<State>): Exploration {
  const found = new Map([[model.encode(model.initial), 0]]);
  const parents = [-1];
  const edges: number[][] = [];
  const names = new Set<string>();
  let [transitions, depth, ends] = [0, -1, 0];
  const traceTo = (number: number): string[] => retrace(model, wayTo(number, parents), [...found.keys()]);

  /** Takes every step from one state. Puts states that are new into `nextLevel`. */
  const visit = (state: State, nextLevel: State[]): Violation | undefined => {
    const number = edges.length;
    const targets: number[] = [];
    edges.push(targets);
    const steps = model.next(state);
    if (steps.every(({ optional }) => optional)) {
      ends += 1;
      if (!model.isGoodEnd(state)) return { broken: STUCK, trace: traceTo(number) };
    }
    for (const { name, to } of steps) {
      transitions += 1;
      names.add(name);
      const text = model.encode(to);
      const known = found.get(text);
      targets.push(known ?? found.size);
      const broken = brokenBy(model, state, to, known === undefined);
      if (broken !== undefined) return { broken, trace: [...traceTo(number), name] };
      if (known !== undefined) continue;
      found.set(text, found.size);
      parents.push(number);
      nextLevel.push(to);
    }
    return undefined;
  };

  const initiallyBroken = nameOfBroken(model.invariants, (holds) => holds(model.initial));
  let violation: Violation | undefined =
    initiallyBroken === undefined ? undefined : { broken: initiallyBroken, trace: [] };
  for (let level = [model.initial]; level.length > 0 && violation === undefined; depth += 1) {
    const nextLevel: State[] = [];
    for (const state of level) if ((violation = visit(state, nextLevel)) !== undefined) break;
    level = nextLevel;
  }
  const inCircle = violation === undefined ? firstInCircle(edges) : undefined;
  if (inCircle !== undefined) violation = { broken: ENDLESS, trace: traceTo(inCircle) };
  return { states: found.size, transitions, depth, ends, names, violation };
}

function brokenBy<State>(model: Model<State>, from: State, to: State, isNew: boolean): string | undefined {
  const byStep = nameOfBroken(model.stepInvariants, (holds) => holds(from, to));
  return byStep ?? (isNew ? nameOfBroken(model.invariants, (holds) => holds(to)) : undefined);
}

function nameOfBroken<Check>(
  checks: Readonly<Record<string, Check>>,
  holds: (check: Check) => boolean,
): string | undefined {
  for (const name in checks) {
    const check = checks[name];
    if (check !== undefined && !holds(check)) return name;
  }
  return undefined;
}

/** The numbers of the states on the way to this one, without the initial state. */
function wayTo(number: number, parents: readonly number[]): number[] {
  const way: number[] = [];
  for (let at = number; at > 0; at = parents[at] ?? 0) way.push(at);
  return way.toReversed();
}

function retrace<State>(model: Model<State>, way: readonly number[], texts: readonly string[]): string[] {
  let state = model.initial;
  return way.map((number) => {
    const step = model.next(state).find(({ to }) => model.encode(to) === texts[number]);
    if (step === undefined)
      throw new Error("expected `next` to give the same steps for the same state again: it is not pure");
    state = step.to;
    return step.name;
  });
}

/** The first state found that lies in a circle, or between two of them; undefined where there is none. */
function firstInCircle(edges: readonly (readonly number[])[]): number | undefined {
  const reversed: number[][] = edges.map(() => []);
  for (const [from, targets] of edges.entries()) for (const to of targets) reversed[to]?.push(from);
  const [behind, before] = [peel(edges, reversed), peel(reversed, edges)];
  const first = behind.findIndex((left, number) => left > 0 && (before[number] ?? 0) > 0);
  return first < 0 ? undefined : first;
}

/** Takes away every state that no edge leads to, again and again. Gives how many edges are left to each: some, for those behind a circle. */
function peel(edges: readonly (readonly number[])[], reversed: readonly (readonly number[])[]): Int32Array {
  const incoming = Int32Array.from(reversed, (sources) => sources.length);
  const free = [...incoming.keys()].filter((number) => incoming[number] === 0);
  for (let number = free.pop(); number !== undefined; number = free.pop()) {
    for (const to of edges[number] ?? []) {
      const left = (incoming[to] ?? 0) - 1;
      incoming[to] = left;
      if (left === 0) free.push(to);
    }
  }
  return incoming;
}
