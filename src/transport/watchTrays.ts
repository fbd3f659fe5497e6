// How the engine finds what workers leave in their trays: whenever one of them has posted something, and while all are
// busy every few milliseconds. A worker leaves nothing unless the engine has said that it will look, and asks again when
// it has left something: one of the two sees the other, so nothing is left behind.
import type { Bells } from "./Bells.ts"
import type { FromWorker } from "./Message.ts"
import { Tray } from "./Tray.ts"

/** ms from one look to the next. */
export const LOOK_MS = 1

/** The engine's end of one worker's tray. */
export interface TrayEnd {
  /** A report was posted: takes it in, and what was left before and after it. */
  readonly posted: (report: FromWorker) => void
  /** Takes in what is left; nothing more comes. */
  readonly end: () => void
}

/** Watches the trays of an engine's workers. The function returned adds one; its reports are given to `take`. */
export const watchTrays = (bells: Bells) => {
  /** takes in what is left in one; returns whether there was anything */
  const looks = new Set<() => boolean>()
  let timer: NodeJS.Timeout | undefined

  const lookIntoAll = (): boolean => {
    let found = false
    for (const look of looks) if (look()) found = true
    return found
  }
  const goOn = (): void => {
    timer = setTimeout(tick, LOOK_MS)
  }
  const tick = (): void => {
    timer = undefined
    if (lookIntoAll() && bells.areAllBusy) return goOn()
    bells.looks(false)
    lookIntoAll()
  }
  const begin = (): void => {
    if (timer !== undefined || !bells.areAllBusy) return
    bells.looks(true)
    goOn()
  }

  return (memory: SharedArrayBuffer, take: (report: FromWorker) => void): TrayEnd => {
    const tray = new Tray(memory)
    let received = 0
    const look = (): boolean => {
      let found = false
      for (let left = tray.take(received); left !== undefined; left = tray.take(received)) {
        found = true
        take(left)
      }
      return found
    }
    looks.add(look)
    return {
      posted: (report) => {
        look()
        received++
        take(report)
        lookIntoAll()
        begin()
      },
      end: () => {
        look()
        looks.delete(look)
        if (looks.size > 0) return
        clearTimeout(timer)
        timer = undefined
        bells.looks(false)
      }
    }
  }
}
