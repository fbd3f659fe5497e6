// What the scheduler orders: imperatives, plain data that survive NDJSON, performed by the engine after the step.
// One `run` a processor and turn: columns, never a message a task.
import type { Reason } from "./Event.ts"

/** Everything that can be ordered. */
export type Command =
  | {
    readonly _tag: "run"
    readonly worker: number
    readonly tasks: ReadonlyArray<number>
    readonly attempts: ReadonlyArray<number>
  }
  /** stop these attempts; whatever becomes of them is not wanted */
  | {
    readonly _tag: "interrupt"
    readonly worker: number
    readonly tasks: ReadonlyArray<number>
    readonly attempts: ReadonlyArray<number>
  }
  /** give these attempts back if they are not claimed */
  | {
    readonly _tag: "retract"
    readonly worker: number
    readonly tasks: ReadonlyArray<number>
    readonly attempts: ReadonlyArray<number>
  }
  | { readonly _tag: "spill"; readonly chunks: ReadonlyArray<number> }
  | { readonly _tag: "restore"; readonly chunks: ReadonlyArray<number> }
  /** forget the memory copy of chunks that are on disk too */
  | { readonly _tag: "move"; readonly chunks: ReadonlyArray<number>; readonly to: "disk" }
  /** these ids are free: nothing refers to them, and their bytes go */
  | { readonly _tag: "release"; readonly tasks: ReadonlyArray<number>; readonly chunks: ReadonlyArray<number> }
  /** wishes whose inputs have all settled well */
  | { readonly _tag: "settle"; readonly wishes: ReadonlyArray<number> }
  /** tasks and wishes that failed: `via` is the failed input's task, or -1 where it began */
  | {
    readonly _tag: "fail"
    readonly tasks: ReadonlyArray<number>
    readonly via: ReadonlyArray<number>
    readonly reasons: ReadonlyArray<Reason>
  }
  | {
    readonly _tag: "after"
    readonly token: number
    readonly ms: number
    readonly task: number
    /** watch: whether the task is still the first of its worker's, which others would like to have work of */
    readonly purpose: "retry" | "timeout" | "watch"
  }
