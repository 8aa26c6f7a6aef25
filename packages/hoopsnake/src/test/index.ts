export type { Desync } from './compare.ts'
export type { Net } from './network.ts'
export type { Client, Inside, SimulateOptions, Simulation } from './simulate.ts'
export { simulate } from './simulate.ts'
