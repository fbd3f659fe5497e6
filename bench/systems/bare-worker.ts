// What a bare thread runs. A text names the function; then a number is one input and a list is many: what comes back
// has the same form, in one message each. The function is called by `map`: in a loop of this one V8 compiled both into
// one piece by its second tier and left it there, which takes five times as long.
import { parentPort } from "node:worker_threads"
import { type Work, works } from "../work.ts"

let run = works.noop

parentPort!.on("message", (message: Work | number | Array<number>) => {
  if (typeof message === "number") parentPort!.postMessage(run(message))
  else if (typeof message === "string") run = works[message]
  else {
    parentPort!.postMessage(message.map(run))
  }
})
