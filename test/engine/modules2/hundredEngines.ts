// A program that builds a hundred engines one after the other, works with each and closes it; prints what it holds after
// the 20th and after the last. Started by lifecycle.test.ts with --expose-gc.
import { Effect } from "effect"
import { Chunk, collect, compute, delayed, Engine } from "poniard"
import { light } from "./light.ts"

const ENGINES = 100

const work = Effect.gen(function*() {
  yield* collect(delayed(light.inc).map([1, 2, 3]))
  const chunk = yield* compute(delayed(light.alloc)(20_000))
  const xs = yield* Chunk.get(yield* Chunk.put(new Float64Array(20_000)))
  return (yield* Chunk.get(chunk)).length + xs.length + (yield* collect(delayed(() => Effect.succeed(1))()))
})

const engine = (transport: "thread" | "bytes") =>
  Effect.scoped(work).pipe(Effect.provide(Engine.layer({ threads: 1, memory: "4 MiB", transport })))

const held = Effect.promise(async () => {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30))
    globalThis.gc?.()
  }
  return { heapUsed: process.memoryUsage().heapUsed, resources: process.getActiveResourcesInfo() }
})

if (import.meta.main) {
  const transport = process.argv[2] as "thread" | "bytes"
  const program = Effect.gen(function*() {
    const results = new Set<number>()
    for (let i = 0; i < 20; i++) results.add(yield* engine(transport))
    const before = yield* held
    for (let i = 20; i < ENGINES; i++) results.add(yield* engine(transport))
    return { before, after: yield* held, results: [...results] }
  })
  // What keeps the process alive until it ends; fibers do not.
  const awake = setInterval(() => {}, 60_000)
  const seen = await Effect.runPromise(program)
  clearInterval(awake)
  process.stdout.write(JSON.stringify(seen))
}
