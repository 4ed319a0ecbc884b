export { createRandom } from "./random.ts";
export type { Random } from "./random.ts";
export { faultAt } from "./faults.ts";
export type { Fault, FaultPlan } from "./faults.ts";
export { QUIET } from "./quiet.ts";
export { simulate } from "./simulate.ts";
export type { Simulation, SimulationOptions } from "./simulate.ts";
