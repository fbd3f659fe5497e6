// The object `Task`: how task functions are declared, and what a running one may ask about itself.
import { allocate, currentTask } from "./CurrentTask.ts"
import { inline } from "./inline.ts"
import { refuse } from "./refuse.ts"
import { declareModule, fromModule } from "./TaskModule.ts"
import { describe } from "./wording.ts"

/** The typed arrays that `Task.alloc` makes, by name; all on memory that every thread shares. */
export interface SharedArrays {
  readonly Int8Array: Int8Array<SharedArrayBuffer>
  readonly Uint8Array: Uint8Array<SharedArrayBuffer>
  readonly Uint8ClampedArray: Uint8ClampedArray<SharedArrayBuffer>
  readonly Int16Array: Int16Array<SharedArrayBuffer>
  readonly Uint16Array: Uint16Array<SharedArrayBuffer>
  readonly Int32Array: Int32Array<SharedArrayBuffer>
  readonly Uint32Array: Uint32Array<SharedArrayBuffer>
  readonly Float32Array: Float32Array<SharedArrayBuffer>
  readonly Float64Array: Float64Array<SharedArrayBuffer>
  readonly BigInt64Array: BigInt64Array<SharedArrayBuffer>
  readonly BigUint64Array: BigUint64Array<SharedArrayBuffer>
}

/** A class of typed arrays, such as `Float64Array` itself. */
export interface TypedArrayClass<Name extends keyof SharedArrays> {
  new(buffer: SharedArrayBuffer, byteOffset: number, length: number): SharedArrays[Name]
  readonly prototype: { readonly [Symbol.toStringTag]: Name }
  readonly BYTES_PER_ELEMENT: number
  readonly name: string
}

const never = new AbortController().signal

/** Declares task functions, and tells a running one about itself. */
export const Task = {
  module: declareModule,
  fromModule,
  inline,

  /**
   * A typed array of `length` zeros in memory that all threads share: a task that returns it hands it over without a
   * copy. Called outside a task it is an array of its own.
   *
   * @example const out = Task.alloc(Float64Array, xs.length)
   */
  alloc: <Name extends keyof SharedArrays>(type: TypedArrayClass<Name>, length: number): SharedArrays[Name] => {
    const width: unknown = (type as { readonly BYTES_PER_ELEMENT?: unknown } | undefined)?.BYTES_PER_ELEMENT
    if (typeof type !== "function" || typeof width !== "number") {
      const reason = `expected a class of typed arrays such as Float64Array, got ${describe(type)}`
      throw refuse("GraphInvalid", { path: "Task.alloc: the first argument", reason })
    }
    if (!Number.isSafeInteger(length) || length < 0) {
      const reason = `expected a whole number of elements, 0 or more, got ${describe(length)}`
      throw refuse("GraphInvalid", { path: "Task.alloc: the second argument", reason })
    }
    const { buffer, byteOffset, zeroed } = allocate(length * width)
    if (!zeroed) new Uint8Array(buffer, byteOffset, length * width).fill(0)
    return new type(buffer, byteOffset, length)
  },

  /**
   * The signal that fires when nobody wants the running task's result any more; outside a task one that never fires.
   * An asynchronous function asks before its first `await`.
   */
  signal: (): AbortSignal => currentTask()?.signal() ?? never,

  /** Whether nobody wants the running task's result any more; false outside a task. Cheap enough for an inner loop. */
  isCancelled: (): boolean => currentTask()?.isCancelled() ?? false,

  /** The processor that the running task runs on, as events name it; undefined outside a task. */
  get processor(): string | undefined {
    return currentTask()?.processor
  },

  /** The running task's number in its engine; undefined outside a task. */
  get id(): number | undefined {
    return currentTask()?.id
  }
} as const
