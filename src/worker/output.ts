// What a task prints, and errors that come after its task was settled: posted at once, so that nothing is lost when
// the thread dies, and in order with what the engine prints itself.
import { StringDecoder } from "node:string_decoder"
import { describeCause, stackOf } from "../graph/causes.ts"
import { currentTask } from "../graph/CurrentTask.ts"
import { attempts } from "./Attempt.ts"
import type { Port } from "./Port.ts"

type Write = typeof process.stdout.write

const writer = (port: Port, stream: "stdout" | "stderr"): Write => {
  const decoder = new StringDecoder("utf8")
  const write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    const isUtf8 = typeof encoding !== "string" || /^utf-?8$/i.test(encoding)
    const bytes = typeof chunk !== "string" || !isUtf8
      ? Buffer.from(chunk as string, encoding as BufferEncoding)
      : undefined
    const text = bytes === undefined ? chunk as string : decoder.write(bytes)
    if (text !== "") port.notify({ stream, text, task: currentTask()?.id ?? -1 })
    const done = typeof encoding === "function" ? encoding : callback
    if (typeof done === "function") queueMicrotask(() => void done(null))
    return true
  }
  return write as Write
}

/**
 * Replaces the thread's output, and catches errors that no task would. What a timer or callback of a running task throws
 * fails that task, since it would wait for ever; what comes of a settled one is a stray.
 */
export const writeDirectly = (port: Port): void => {
  process.stdout.write = writer(port, "stdout")
  process.stderr.write = writer(port, "stderr")
  const stray = (error: unknown): void =>
    port.notify({ stream: "stray", text: stackOf(error) || describeCause(error), task: attempts.getStore()?.id ?? -1 })
  process.on("uncaughtException", (error: unknown) => {
    if (attempts.getStore()?.crash(error) !== true) stray(error)
  })
  process.on("unhandledRejection", stray)
}
