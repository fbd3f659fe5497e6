// What a task prints, and errors that come after their task was settled: posted at once, so that nothing is lost when
// the thread dies, and in order with what the engine prints itself.
import { currentTask } from "../graph/CurrentTask.ts"
import type { Port } from "./Port.ts"

type Write = typeof process.stdout.write

const writer = (port: Port, stream: "stdout" | "stderr"): Write => {
  const write = (chunk: Uint8Array | string, encoding?: unknown, callback?: unknown): boolean => {
    const text = typeof chunk === "string"
      ? chunk
      : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("utf8")
    port.notify({ stream, text, task: currentTask()?.id ?? -1 })
    const done = typeof encoding === "function" ? encoding : callback
    if (typeof done === "function") queueMicrotask(() => void done(null))
    return true
  }
  return write as Write
}

const textOf = (error: unknown): string => error instanceof Error ? error.stack ?? String(error) : String(error)

/** Replaces the thread's output, and catches errors that no task would. */
export const writeDirectly = (port: Port): void => {
  process.stdout.write = writer(port, "stdout")
  process.stderr.write = writer(port, "stderr")
  const stray = (error: unknown): void => port.notify({ stream: "stray", text: textOf(error), task: currentTask()?.id ?? -1 })
  process.on("uncaughtException", stray)
  process.on("unhandledRejection", stray)
}
