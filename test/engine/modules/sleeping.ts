// Task functions that take a given time without needing a core for it, so that how long many of them take together says
// something about the scheduler and nothing about the machine.
import { threadId } from "node:worker_threads"
import { Task } from "poniard"

const cell = new Int32Array(new SharedArrayBuffer(4))
const sleep = (ms: number): void => void Atomics.wait(cell, 0, 0, ms)

const now = (): number => performance.timeOrigin + performance.now()

export const { doze, dozeOn } = Task.module(import.meta.url, {
  /** Takes `ms`; the thread and when it began and ended, in ms since 1970. */
  doze: (ms: number): { readonly thread: number; readonly from: number; readonly to: number } => {
    const from = now()
    if (ms > 0) sleep(ms)
    return { thread: threadId, from, to: now() }
  },
  /** Takes `ms`, and `slowness` times as long on one thread; how long it would have been on the other, which a busy machine
   * makes longer than `ms`. */
  dozeOn: (ms: number, slow: number, slowness: number): number => {
    const from = now()
    sleep(threadId === slow ? ms * slowness : ms)
    return (now() - from) / (threadId === slow ? slowness : 1)
  }
})
