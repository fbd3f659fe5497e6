// A program that starts its threads, and has them load its tasks, before it has an engine. The first argument says which
// module; the second names a file that the tasks' module writes its thread to when it is loaded.
import { existsSync, readFileSync, unwatchFile, watchFile } from "node:fs"
import { startThreads } from "poniard/threads"

const [url, file] = process.argv.slice(2)
startThreads(2, { load: [url] })
await new Promise<void>((resolve) => {
  const look = () => existsSync(file) && readFileSync(file, "utf8").split("\n").length > 2 && resolve()
  watchFile(file, { interval: 10 }, look)
  look()
})
unwatchFile(file)
const early = readFileSync(file, "utf8")

const { Effect } = await import("effect")
const { collect, delayed, Engine, Task } = await import("poniard")
const { where } = Task.fromModule<{ where: (ms: number) => number }>(url)
const main = Effect.gen(function*() {
  const threads = yield* collect([delayed(where)(50), delayed(where)(50)])
  const known = early.trim().split("\n").map(Number)
  console.log(threads.map((thread) => known.includes(thread)).join(" "), readFileSync(file, "utf8") === early)
}).pipe(Effect.provide(Engine.layer({ threads: 2, memory: "16 MiB" })))
await Effect.runPromise(main)
