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
  /**
   * Registers functions as the task functions of this file and gives the same functions back, still callable. Workers
   * import the file and find a function by its name, so the file should do nothing else when it is imported. A function
   * is plain, or returns a Promise or an Effect; a generator, a class or a native function is refused with GraphInvalid.
   *
   * @example
   * export const { cube, half } = Task.module(import.meta.url, {
   *   cube: (x: number) => x ** 3,
   *   half: (x: number) => Effect.succeed(x / 2)
   * })
   *
   * cube(2) // => 8
   * yield* collect(delayed(half)(delayed(cube)(2))) // => 4
   *
   * @example
   * // `layer` gives the functions that return Effects their services, built once per worker; `schemas` lists the classes
   * // made by Schema.Class and Schema.TaggedError that may cross between threads
   * class Rate extends Context.Service<Rate, { readonly perEuro: number }>()("Rate") {}
   * class NoMoney extends Schema.TaggedError<NoMoney>()("NoMoney", { euros: Schema.Number }) {}
   * export const { exchange } = Task.module(import.meta.url, {
   *   exchange: (euros: number) =>
   *     euros > 0 ? Rate.useSync(({ perEuro }) => euros * perEuro) : Effect.fail(new NoMoney({ euros }))
   * }, { layer: Layer.succeed(Rate, { perEuro: 25 }), schemas: [NoMoney] })
   *
   * yield* collect(delayed(exchange)(4)) // => 100
   * yield* collect(delayed(exchange)(0)).pipe(Effect.catchTag("NoMoney", Effect.succeed)) // => new NoMoney({ euros: 0 })
   */
  module: declareModule,

  /**
   * Task functions of a module that does not know Poniard: every function that it exports, by name. Only workers import
   * it; a name that it does not export fails its tasks with TaskFunctionMissing. The URL must be absolute: that of a
   * package is `import.meta.resolve("the-package")`, that of a file `new URL("./file.ts", import.meta.url)`.
   *
   * @example
   * const { basename } = Task.fromModule<typeof import("node:path")>("node:path")
   *
   * yield* collect(delayed(basename)("/tmp/words.txt", ".txt")) // => "words"
   */
  fromModule,

  /**
   * Makes a task function of one that uses nothing but its arguments and globals, so that it may be written in any file:
   * its source text is what workers get. Gives the function itself back, still callable. Functions that a text alone
   * cannot rebuild (methods, bound, native and generator functions) are refused with GraphInvalid; one that uses a
   * variable from outside fails with a ReferenceError when it runs.
   *
   * @example
   * const cube = Task.inline((x: number) => x ** 3)
   *
   * yield* collect(delayed(cube)(2)) // => 8
   */
  inline,

  /**
   * A typed array of `length` zeros in memory that all threads share: a task that returns it hands it over without a
   * copy. Called outside a task it is an array of its own. `length` counts elements, not bytes. When memory is short a
   * task on a worker waits here for room, and fails with StoreFull if there is none to be had.
   *
   * @example
   * export const { ramp } = Task.module(import.meta.url, {
   *   ramp: (length: number) => {
   *     const out = Task.alloc(Float64Array, length)
   *     for (let i = 0; i < length; i++) out[i] = i
   *     return out
   *   }
   * })
   *
   * yield* collect(delayed(mean)(delayed(ramp)(1001))) // => 500
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
   *
   * @example
   * const load = async (url: string) => {
   *   const response = await fetch(url, { signal: Task.signal() })
   *   return await response.text()
   * }
   *
   * yield* collect(delayed(load)("data:,hello")) // => "hello"
   */
  signal: (): AbortSignal => currentTask()?.signal() ?? never,

  /**
   * Whether nobody wants the running task's result any more; false outside a task. Cheap enough for an inner loop. A
   * cancelled function that goes on for more than 2 s costs its thread.
   *
   * @example
   * export const { countTo } = Task.module(import.meta.url, {
   *   countTo: (limit: number) => {
   *     let n = 0
   *     while (n < limit && !Task.isCancelled()) n++
   *     return n
   *   }
   * })
   *
   * yield* collect(delayed(countTo)(1000)) // => 1000
   */
  isCancelled: (): boolean => currentTask()?.isCancelled() ?? false,

  /**
   * The processor that the running task runs on, such as `thread 2`; undefined outside a task.
   *
   * @example
   * const here = yield* collect(delayed(() => Task.processor)())
   *
   * here?.startsWith("fiber ") // => true
   * Task.processor // => undefined
   */
  get processor(): string | undefined {
    return currentTask()?.processor
  },

  /**
   * The running task's number in its engine; undefined outside a task.
   *
   * @example
   * const id = yield* collect(delayed(() => Task.id)())
   *
   * typeof id // => "number"
   * Task.id // => undefined
   */
  get id(): number | undefined {
    return currentTask()?.id
  }
} as const
