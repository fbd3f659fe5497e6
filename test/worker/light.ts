// Runs in a worker thread for poniard.test.ts: imports what `import "poniard"` gives there, and tells which modules that
// loaded, before and after it touches something that needs Effect.
import { registerHooks } from "node:module"
import { parentPort } from "node:worker_threads"

const loaded: Array<string> = []
registerHooks({
  load: (url, context, next) => {
    loaded.push(url)
    return next(url, context)
  }
})
const effectModules = (): number => loaded.filter((url) => url.includes("/node_modules/effect/")).length

const light = await import("../../src/worker/poniard.ts") as unknown as typeof import("../../src/index.ts")
const { all, delayed, Task } = light
const { square } = Task.module(import.meta.url, { square: (x: number) => x * x })
delayed(square).map([1, 2])
all({ p: delayed(square)(3) })
Task.alloc(Float64Array, 3)
Task.isCancelled()
let refusedLightly = false
try {
  delayed(square, { priority: "high" } as never)
} catch (error) {
  refusedLightly = (error as { readonly _tag?: string })._tag === "GraphInvalid"
}
const atStart = effectModules()
const inGraph = loaded.length

const { GraphInvalid, TaskFailed, TaskTrace } = light
const failed = new TaskFailed({ task: "a", root: "a", path: ["a"], processor: "p", attempt: 1, cause: "x" })
const { Cause, Context, Effect } = await import("effect")
const index = await import("../../src/index.ts")
let refusedReally = false
try {
  delayed(square, { priority: "high" } as never)
} catch (error) {
  refusedReally = error instanceof GraphInvalid && error instanceof index.GraphInvalid
}
class Mine extends TaskFailed {}
const mine = new Mine({ task: "m", root: "m", path: [], processor: "p", attempt: 1, cause: "x" })

parentPort?.postMessage({
  square: square(3),
  refusedLightly,
  atStart,
  inGraph,
  afterTouch: effectModules(),
  refusedReally,
  sameClass: failed instanceof TaskFailed && failed instanceof index.TaskFailed,
  subclass: mine instanceof Mine && mine instanceof index.TaskFailed,
  caught: Effect.runSync(Effect.fail(failed).pipe(Effect.catchTag("TaskFailed", (e) => Effect.succeed(e.task)))),
  service: Effect.runSync(
    TaskTrace.use((trace) => Effect.succeed(trace.task)).pipe(
      Effect.provideService(TaskTrace, { task: "t", root: "t", path: [], stack: undefined })
    )
  ),
  yielded: Effect.runSync(
    Effect.gen(function*() {
      return (yield* TaskTrace).root
    }).pipe(Effect.provideService(index.TaskTrace, { task: "t", root: "r", path: [], stack: undefined }))
  ),
  annotated: Context.getOrUndefined(
    Cause.annotations(
      Cause.annotate(Cause.fail(1), index.TaskTrace.context({ task: "c", root: "c", path: [], stack: undefined }))
    ),
    TaskTrace
  )?.task,
  key: TaskTrace.key,
  identifier: TaskFailed.identifier
})
