// Tasks that could run, best first: higher priority, then lower order. An entry is only a claim: one whose task is no
// longer ready, or whose id has been given to another task, is passed over when it comes up.
// Entries that arrive in ascending order (a fan-out, the leaves of a graph) go to a plain run, the others to a heap.
import { grown } from "./columns.ts"
import { NONE, READY, type TaskTable } from "./TaskTable.ts"

class Level {
  readonly priority: number
  runTask = new Int32Array(16)
  runOrder = new Float64Array(16)
  head = 0
  tail = 0
  heapTask = new Int32Array(16)
  heapOrder = new Float64Array(16)
  heap = 0
  /** stale entries that were looked at since the last were taken out */
  wasted = 0

  constructor(priority: number) {
    this.priority = priority
  }

  append(task: number, order: number): void {
    if (this.tail === this.runTask.length) {
      if (this.head > this.tail >> 1) {
        this.runTask.copyWithin(0, this.head, this.tail)
        this.runOrder.copyWithin(0, this.head, this.tail)
        this.tail -= this.head
        this.head = 0
      } else {
        this.runTask = grown(this.runTask, this.tail * 2)
        this.runOrder = grown(this.runOrder, this.tail * 2)
      }
    }
    this.runTask[this.tail] = task
    this.runOrder[this.tail++] = order
  }

  sink(task: number, order: number): void {
    if (this.heap === this.heapTask.length) {
      this.heapTask = grown(this.heapTask, this.heap * 2)
      this.heapOrder = grown(this.heapOrder, this.heap * 2)
    }
    let at = this.heap++
    while (at > 0) {
      const up = (at - 1) >> 1
      if (this.heapOrder[up] <= order) break
      this.heapTask[at] = this.heapTask[up]
      this.heapOrder[at] = this.heapOrder[up]
      at = up
    }
    this.heapTask[at] = task
    this.heapOrder[at] = order
  }

  raise(): void {
    const size = --this.heap
    const task = this.heapTask[size]
    const order = this.heapOrder[size]
    let at = 0
    for (;;) {
      let down = at * 2 + 1
      if (down >= size) break
      if (down + 1 < size && this.heapOrder[down + 1] < this.heapOrder[down]) down++
      if (this.heapOrder[down] >= order) break
      this.heapTask[at] = this.heapTask[down]
      this.heapOrder[at] = this.heapOrder[down]
      at = down
    }
    this.heapTask[at] = task
    this.heapOrder[at] = order
  }
}

/** A queue of tasks in one state, READY as a rule, by (priority descending, order ascending). */
export class ReadyQueue {
  private readonly tasks: TaskTable
  private readonly wanted: number
  private readonly levels: Array<Level> = []
  /** entries, stale ones included */
  size = 0

  constructor(tasks: TaskTable, wanted: number = READY) {
    this.tasks = tasks
    this.wanted = wanted
  }

  private level(priority: number): Level {
    const levels = this.levels
    for (let i = 0; i < levels.length; i++) {
      if (levels[i].priority === priority) return levels[i]
      if (levels[i].priority < priority) {
        levels.splice(i, 0, new Level(priority))
        return levels[i]
      }
    }
    levels.push(new Level(priority))
    return levels[levels.length - 1]
  }

  /** Adds a task that has just become ready. */
  push(task: number, priority: number): void {
    const level = this.level(priority)
    const order = this.tasks.order[task]
    this.size++
    if (level.head === level.tail) {
      level.head = level.tail = 0
      level.append(task, order)
    } else if (order > level.runOrder[level.tail - 1]) level.append(task, order)
    else level.sink(task, order)
  }

  /** The best task, which stays in the queue, or NONE. */
  peek(): number {
    const { order, status } = this.tasks
    const levels = this.levels
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]
      for (;;) {
        const fromRun = level.head < level.tail &&
          (level.heap === 0 || level.runOrder[level.head] < level.heapOrder[0])
        if (!fromRun && level.heap === 0) break
        const task = fromRun ? level.runTask[level.head] : level.heapTask[0]
        const entry = fromRun ? level.runOrder[level.head] : level.heapOrder[0]
        if (status[task] === this.wanted && order[task] === entry) return task
        this.size--
        if (fromRun) level.head++
        else level.raise()
      }
    }
    return NONE
  }

  /** Takes the task that `peek` has just returned out of the queue. */
  shift(): void {
    const levels = this.levels
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]
      const run = level.head < level.tail
      if (!run && level.heap === 0) continue
      this.size--
      if (run && (level.heap === 0 || level.runOrder[level.head] < level.heapOrder[0])) level.head++
      else level.raise()
      return
    }
  }

  /** Up to `limit` ready tasks in no particular order after the best: for a look past a task that must wait. */
  some(limit: number): Array<number> {
    const found: Array<number> = []
    for (const level of this.levels) {
      const before = found.length
      let looked = 0
      for (let i = level.head; i < level.tail && found.length < limit; i++, looked++) {
        if (this.isFresh(level.runTask[i], level.runOrder[i])) found.push(level.runTask[i])
      }
      for (let i = 0; i < level.heap && found.length < limit; i++, looked++) {
        if (this.isFresh(level.heapTask[i], level.heapOrder[i])) found.push(level.heapTask[i])
      }
      // Behind a task that waits for long, those that passed it would be looked at again and again.
      level.wasted += looked - (found.length - before)
      if (level.wasted > level.tail - level.head + level.heap) this.compact(level)
    }
    return found
  }

  /** Every ready task in it, for those who look on: changes nothing, which `some` may. */
  all(): Array<number> {
    const found: Array<number> = []
    for (const { head, heap, heapOrder, heapTask, runOrder, runTask, tail } of this.levels) {
      for (let i = head; i < tail; i++) if (this.isFresh(runTask[i], runOrder[i])) found.push(runTask[i])
      for (let i = 0; i < heap; i++) if (this.isFresh(heapTask[i], heapOrder[i])) found.push(heapTask[i])
    }
    return found
  }

  private isFresh(task: number, order: number): boolean {
    return this.tasks.status[task] === this.wanted && this.tasks.order[task] === order
  }

  /** Takes stale entries out. The arrays are filled from their fronts, never past what was read. */
  private compact(level: Level): void {
    const { head, heap, heapOrder, heapTask, runOrder, runTask, tail } = level
    level.head =
      level.tail =
      level.heap =
      level.wasted =
        0
    for (let i = head; i < tail; i++) {
      if (this.isFresh(runTask[i], runOrder[i])) level.append(runTask[i], runOrder[i])
      else this.size--
    }
    for (let i = 0; i < heap; i++) {
      if (this.isFresh(heapTask[i], heapOrder[i])) level.sink(heapTask[i], heapOrder[i])
      else this.size--
    }
  }
}
