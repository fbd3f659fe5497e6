// Ends a worker whose JavaScript heap grows past what it may take, long before V8 runs out of memory: of some of its
// exhaustions V8 tells the thread, but of others (a growing array or Map, a large JSON text) the whole process dies.
import type { Link } from "../transport/Transport.ts"

/** ms between two looks at a worker that is busy. */
const LOOK_MS = 200

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`

/** Looks at a worker's heap while it is busy; `end` is called with words when it is over `most` bytes. Returns how to stop. */
export const watchHeap = (link: Link, most: number, isBusy: () => boolean, end: (why: string) => void): () => void => {
  const { heapBytes } = link
  if (heapBytes === undefined || most === Infinity) return () => {}
  let asked = false
  const judge = (bytes: number): void => {
    asked = false
    if (bytes <= most) return
    const size = `${mebibytes(bytes)}, more than the ${mebibytes(most)} of Engine.layer({ heap })`
    end(`its JavaScript heap is exhausted: it grew to ${size}`)
  }
  const look = (): void => {
    // A worker that sleeps answers when it wakes: one question at a time.
    if (asked || !isBusy()) return
    asked = true
    heapBytes().then(judge, () => {
      asked = false
    })
  }
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}
