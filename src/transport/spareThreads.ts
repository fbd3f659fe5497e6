// Threads that are started before there is an engine, so that they load while the program still loads Effect and its
// own modules. The first engines take them. Light: nothing but Node is imported here.
import type { Worker, WorkerOptions } from "node:worker_threads"
import { newThread } from "./newThread.ts"

const spares: Array<Worker> = []

/** What `startThreads` may be told. */
export interface StartThreadsOptions {
  /**
   * Task modules (as `Task.module` and `Task.fromModule` name them: by URL) that every thread imports at once, so that its
   * first task need not wait for it. One that cannot be imported is reported by the first task that needs it.
   */
  readonly load?: ReadonlyArray<string | URL>
}

/**
 * Starts `count` worker threads that the next engines of this process will take: call it first thing in a program that
 * wants its engine up soon, before it imports Effect. Those that nobody takes do not keep the process alive.
 */
export const startThreads = (count: number, options: StartThreadsOptions = {}): void => {
  const load = (options.load ?? []).map(String)
  for (let i = 0; i < count; i++) {
    const thread = newThread({ workerData: { poniard: true, spare: load }, name: "poniard-spare" }, {})
    const forget = (): void => {
      const at = spares.indexOf(thread)
      if (at >= 0) spares.splice(at, 1)
    }
    thread.unref()
    // One that fails is not there when it is wanted, and the engine starts another.
    thread.on("error", forget)
    thread.on("exit", forget)
    spares.push(thread)
  }
}

/** A thread that was started before, and is told now what it would have been started with; or undefined. */
export const takeSpare = ({ transferList, workerData }: WorkerOptions): Worker | undefined => {
  const thread = spares.shift()
  if (thread === undefined) return undefined
  thread.removeAllListeners("error")
  thread.removeAllListeners("exit")
  thread.ref()
  thread.postMessage(workerData, transferList)
  return thread
}
