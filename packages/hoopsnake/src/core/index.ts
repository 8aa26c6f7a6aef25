export type { Source, Waiting } from './any.ts'
export { any } from './any.ts'
export type { Asking, Bus, BusCounts, BusStatus, Handler } from './bus.ts'
export { memoryBus } from './bus.ts'
export type { Clock, Duration, VirtualClock } from './clock.ts'
export { milliseconds, virtualClock } from './clock.ts'
export type { Code } from './errors.ts'
export { codes, Crash, Refused, refuse, Unpredictable } from './errors.ts'
export type { Implementation, Job, JobContext, JobOptions, Jobs, JobsModule } from './jobs.ts'
export { job, jobCodes, jobs, noJobs } from './jobs.ts'
export type { LatePolicy, RoomKind, RoomOptions, Rooms } from './kind.ts'
export { rooms } from './kind.ts'
export type { Listing } from './link.ts'
export type { Log } from './log.ts'
export { busCodes } from './message.ts'
export { cleanName } from './names.ts'
export type { Late, Loop, LoopOptions, Loops, LoopStats } from './loop.ts'
export { createLoops, TooLate } from './loop.ts'
export type {
  AnyProtocol,
  EventsOf,
  HiddenOf,
  InputsOf,
  JoinOf,
  MessagesOf,
  MineOf,
  OptionsOf,
  Protocol,
  ResultsOf,
  Spec,
  StateOf,
} from './protocol.ts'
export { protocol } from './protocol.ts'
export type { Random, RandomState } from './random.ts'
export { createRandom } from './random.ts'
export type { Given, Outcome, Room, Rules, Seat, Services, Synchronous } from './rules.ts'
export type { Signal } from './signal.ts'
export { signal } from './signal.ts'
export type { Score, Store } from './store.ts'
export { memoryStore } from './store.ts'
export type { AsyncTask, Task } from './task.ts'
export { task } from './task.ts'
