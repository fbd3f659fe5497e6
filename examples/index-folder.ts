// npm start: a full-text index of every text file below a folder, out of core and on all cores, and answers from it.
// Try: npm start -- --query effect --out /tmp/index. This file only sees to a fast start: modules compiled once are kept
// in Node's compile cache, as those of the threads are (NODE_DISABLE_COMPILE_CACHE=1 goes without it); the command line
// is in index-folder/main.ts, the graph of tasks in index-folder/describe.ts.
import { enableCompileCache } from "node:module"

enableCompileCache()
await import("./index-folder/main.ts")
