// The queue of ready tasks against a sorted list, with entries that have become stale.
import { assert, describe, it } from "vitest"
import { ReadyQueue } from "../../src/scheduler/ReadyQueue.ts"
import { READY, RUNNING, TaskTable, WAITING } from "../../src/scheduler/TaskTable.ts"
import { Random } from "../sim/Random.ts"

const setUp = (): { readonly tasks: TaskTable; readonly queue: ReadyQueue } => {
  const tasks = new TaskTable()
  tasks.ensure(1000)
  return { tasks, queue: new ReadyQueue(tasks) }
}

describe("ReadyQueue", () => {
  it("gives the best first: higher priority, then lower order, whatever went in between", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed)
      const { queue, tasks } = setUp()
      const inside = new Map<number, number>()
      const best = (): number =>
        [...inside.keys()].sort((a, b) => inside.get(b)! - inside.get(a)! || tasks.order[a] - tasks.order[b])[0] ?? -1
      let order = 0
      for (let i = 0; i < 400; i++) {
        if (random.chance(0.55)) {
          const task = random.int(1000)
          if (inside.has(task)) continue
          tasks.status[task] = READY
          tasks.order[task] = random.chance(0.7) ? ++order : order - random.int(order + 1) + 0.001 * i
          const priority = random.int(3)
          inside.set(task, priority)
          queue.push(task, priority)
        } else {
          const task = queue.peek()
          assert.strictEqual(task, best(), `seed ${seed}`)
          if (task < 0) continue
          inside.delete(task)
          // Some are taken out, others are sent by another way and stay as stale entries.
          if (random.chance(0.5)) queue.shift()
          tasks.status[task] = random.chance(0.5) ? RUNNING : WAITING
        }
      }
    }
  })

  it("passes over an entry whose task has ended and whose id another task has", () => {
    const { queue, tasks } = setUp()
    tasks.status[7] = READY
    tasks.order[7] = 1
    queue.push(7, 0)
    tasks.order[7] = 2
    assert.strictEqual(queue.peek(), -1)
    queue.push(7, 0)
    assert.strictEqual(queue.peek(), 7)
  })

  it("holds a hundred thousand in order, and forgets none", () => {
    const tasks = new TaskTable()
    tasks.ensure(100_000)
    const queue = new ReadyQueue(tasks)
    for (let task = 0; task < 100_000; task++) {
      tasks.status[task] = READY
      tasks.order[task] = task % 2 === 0 ? task : 100_000 - task
      queue.push(task, 0)
    }
    let last = -1
    for (let i = 0; i < 100_000; i++) {
      const task = queue.peek()
      assert.isTrue(tasks.order[task] >= last)
      last = tasks.order[task]
      queue.shift()
    }
    assert.strictEqual(queue.peek(), -1)
    assert.strictEqual(queue.size, 0)
  })
})
