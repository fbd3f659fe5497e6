// Runs tasks that print, and one that dies talking; prints itself between them. `node talk.ts TRANSPORT`
import { Effect } from "effect"
import { collect, delayed, Engine } from "poniard"
import { unlessItHangs } from "../hangs.ts"
import { talks } from "../modules/killers.ts"
import { buffers, calls, effects, lines, structures } from "../modules/talking.ts"

const program = Effect.gen(function*() {
  yield* collect(delayed(structures)())
  console.log("main 1")
  yield* collect(delayed(buffers)())
  console.log("main 2", yield* collect(delayed(calls)()))
  yield* collect(delayed(effects)())
  yield* collect([delayed(lines)("a", 200), delayed(lines)("b", 200)])
  console.log("main 3")
  const error = yield* Effect.flip(collect(delayed(talks, { name: "talks" })(60, 6)))
  console.log(`\nmain 4 ${JSON.stringify(error)}`)
})

if (import.meta.main) {
  const transport = process.argv[2] === "bytes" ? "bytes" : "thread"
  const engine = Engine.layer({ threads: 1, memory: "16 MiB", transport })
  await Effect.runPromise(Effect.provide(unlessItHangs(program, "60 seconds"), engine))
}
