// npm start: a full-text index of every text file below a folder, out of core and on all cores, and answers from it.
// Try: npm start -- --query effect --out /tmp/index. This file only sees to a fast start: its threads load while it
// does, their task module too, and modules compiled once are kept in Node's compile cache, as those of the threads are
// (NODE_DISABLE_COMPILE_CACHE=1 goes without it). The command line is in index-folder/main.ts, the graph of tasks in
// index-folder/describe.ts.
import { enableCompileCache } from "node:module"
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { startThreads } from "poniard/threads"

const { threads } = parseArgs({ options: { threads: { type: "string" } }, strict: false }).values
const count = threads === undefined ? availableParallelism() : Number(threads)

enableCompileCache()
if (count > 0 && count <= 64) {
  startThreads(count, { load: [new URL("./index-folder/tasks.ts", import.meta.url)] })
}
await import("./index-folder/main.ts")
