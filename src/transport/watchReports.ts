// How the engine hears of a report sooner than its event loop would wake for it: in the next turn it looks whether the
// worker has counted one, where that is all it waits for and reports come soon.
import type { Board } from "./Board.ts"
import { Lookout } from "./Lookout.ts"

/** ms that it looks for one. */
const LOOK_MS = 0.1

/** A watch for the reports of one worker. */
export interface ReportWatch {
  /** a report is the next thing that happens */
  readonly expect: () => void
  /** one has come, whichever way */
  readonly came: () => void
}

/** Watches for reports of a worker; `take` takes in those that are there. */
export const watchReports = (board: Board, worker: number, take: () => void): ReportWatch => {
  let reports = 0
  let isWatching = false
  const lookout = new Lookout(LOOK_MS, () => board.bells.reports(worker) !== reports)
  const watch = (): void => {
    isWatching = false
    if (lookout.look()) take()
  }
  return {
    expect: () => {
      reports = board.bells.reports(worker)
      lookout.wait()
      if (isWatching || !lookout.pays) return
      isWatching = true
      setImmediate(watch)
    },
    came: () => lookout.came()
  }
}
