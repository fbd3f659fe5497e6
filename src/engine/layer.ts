// Builds an engine: store, scheduler, loop and processors in one Scope. Closing it interrupts what runs, ends the
// threads and frees everything at once.
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { openCheckpointDirectory } from "../chunk/CheckpointDirectory.ts"
import { Crossing } from "../chunk/codec.ts"
import { MemoryStore } from "../chunk/MemoryStore.ts"
import { makeSpillStore } from "../chunk/SpillStore.ts"
import { EngineKey, type Shape } from "../graph/EngineService.ts"
import { errorClasses } from "../graph/errors.ts"
import { refuse } from "../graph/refuse.ts"
import { registeredModules } from "../graph/TaskModule.ts"
import { fiberProcessor } from "../processor/fiber.ts"
import type { Processor } from "../processor/Processor.ts"
import { workerProcessor } from "../processor/worker.ts"
import { countBudget } from "./budgets.ts"
import type { CheckpointParts } from "./CheckpointReader.ts"
import { Checkpoints } from "./Checkpoints.ts"
import { ContentKeys } from "./ContentKeys.ts"
import { Core } from "./Core.ts"
import { storeValue } from "./data.ts"
import { hostOf, type Shell } from "./host.ts"
import { Journal } from "./Journal.ts"
import { Lineage } from "./Lineage.ts"
import { type Inbox, makeInbox, stopwatch } from "./Loop.ts"
import { isWorker, print } from "./machine.ts"
import { ModuleServices } from "./ModuleServices.ts"
import { Mover } from "./Mover.ts"
import { Nested } from "./nested.ts"
import { type CheckedOptions, checkOptions, type CheckpointOptions, type EngineOptions } from "./options.ts"
import { Pool } from "./Pool.ts"
import { Rooms } from "./Rooms.ts"
import { shapeOf } from "./shape.ts"
import { Strays } from "./Strays.ts"
import { timers } from "./timers.ts"
import { Wishes } from "./wishes.ts"

const processorsOf = (options: CheckedOptions): Array<Processor> => {
  if (options.processors !== undefined) return [...options.processors]
  const fiber = fiberProcessor({
    module: options.threads === 0,
    ...(options.fibers !== undefined && { fibers: options.fibers })
  })
  const worker = workerProcessor(options.transport, { check: options.check, heap: options.heap })
  return [fiber, ...Array.from({ length: options.threads }, () => worker)]
}

const storeOf = ({ check, memory }: CheckedOptions, strays: Strays): MemoryStore => {
  const crossing = new Crossing()
  crossing.add(errorClasses)
  for (const { schemas } of registeredModules()) crossing.add(schemas)
  return new MemoryStore({
    budget: memory,
    crossing,
    check,
    onStray: (offset, bytes) => strays.found(offset, bytes)
  })
}

const makeCheckpoints = Effect.fnUntraced(function*(parts: CheckpointParts, options: CheckpointOptions) {
  const directory = yield* openCheckpointDirectory(options.directory, options.durable).pipe(
    Effect.catch((error) =>
      Effect.die(
        refuse("GraphInvalid", {
          path: "Engine.layer: options.checkpoint.directory",
          reason: `nothing can be kept in ${options.directory}: ${error.message}`
        })
      )
    )
  )
  const checkpoints = new Checkpoints(parts, new ContentKeys(parts.core, parts.mover), directory, options.keep)
  yield* checkpoints.open
  yield* Effect.addFinalizer(checkpoints.close)
  return checkpoints
})

const make = Effect.fnUntraced(function*(given: EngineOptions): Effect.fn.Return<Shape, never, Scope.Scope> {
  if (isWorker()) {
    return yield* Effect.die(
      new Error("an Engine cannot be built inside a worker: put the start of the program under `if (import.meta.main)`")
    )
  }
  const options = checkOptions(given)
  const scope = yield* Effect.scope
  const context = yield* Effect.context<never>()
  const strays = new Strays((text) => later(() => core.tell({ _tag: "stray", task: -1, text })))
  const store = storeOf(options, strays)
  if (options.check) yield* Effect.addFinalizer(() => strays.report(store.arena))
  yield* countBudget(options.memory)
  const spills = yield* makeSpillStore({ directory: options.spillDirectory })
  const journal = new Journal()
  const core = new Core(store, journal, options.fuse)
  const rooms = new Rooms(core)
  const now = yield* stopwatch
  const later = (f: () => void): void => inbox.later(f)
  const mover = new Mover(core, rooms, spills, scope, later)
  const after = timers(core, context, scope, later)
  const inbox: Inbox = yield* makeInbox(
    () => ({ core, mover, rooms, after, now }),
    (cause) => core.die(Cause.pretty(cause))
  )
  yield* Effect.addFinalizer(() => Effect.sync(() => core.close()))
  const services = new ModuleServices()
  yield* Effect.addFinalizer(() => services.close)
  const wishes = new Wishes(core, mover, later)
  mover.lineage = new Lineage(core, wishes, later, options.lineage)
  const outer = Context.omit(Scope.Scope)(context as Context.Context<Scope.Scope>) as Context.Context<never>
  const parts = { core, mover, rooms, wishes, later }
  if (options.checkpoint !== undefined) {
    core.checkpoints = yield* makeCheckpoints({ ...parts, context: outer }, options.checkpoint)
  }
  const shell: Shell = {
    core,
    rooms,
    wishes,
    services,
    get nested() {
      return nested
    },
    put: (value) => storeValue(parts, value),
    context: outer,
    later,
    replace: (worker, exit) => pool.replace(worker, exit),
    stray: (text, task) => {
      later(() => core.tell({ _tag: "stray", task, text }))
      print("stderr", `poniard: an error that no task could catch any more: ${text}\n`)
    },
    line: print
  }
  const pool = new Pool(core, scope, (worker) => hostOf(shell, worker))
  const nested = new Nested(shell)
  for (const processor of processorsOf(options)) yield* pool.start(processor)
  return shapeOf(parts)
})

/** An engine of this process: threads, a budget, a folder for what does not fit. Bad options are refused at the call. */
export const layer = (options: EngineOptions = {}): Layer.Layer<typeof EngineKey.Identifier> => {
  checkOptions(options)
  return Layer.effect(EngineKey, make(options))
}
