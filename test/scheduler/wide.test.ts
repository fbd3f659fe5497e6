// How little is in memory at once when graphs are wide (DESIGN section 6, acceptance SCH-14 and issue 2 item 5): depth
// before breadth and withheld roots, with work sent ahead, several workers and a real budget.
import { assert, describe, it } from "vitest"
import type { Event } from "../../src/scheduler/Event.ts"
import { DISK, SHARED } from "../../src/scheduler/Event.ts"
import type { Graph } from "./Lab.ts"
import { Lab } from "./Lab.ts"

/** Bytes in memory, promised or being read. */
const taken = ({ state: { memory } }: Lab): number => memory.resident + memory.reserved + memory.restoring

/** A binary tree over the leaves [from, to), as it is lowered: depth first. */
const tree = (from: number, to: number): Graph => {
  if (to - from === 1) return { [`${from}-${to}`]: [] }
  const middle = (from + to) >> 1
  return { ...tree(from, middle), ...tree(middle, to), [`${from}-${to}`]: [`${from}-${middle}`, `${middle}-${to}`] }
}

describe("a tree of 64 leaves on two workers", () => {
  /** The most results that were there at once; workers take turns, each runs what it was sent in order. */
  const most = (ahead: number, ms: number): number => {
    const lab = new Lab()
    lab.up(0, { ahead })
    lab.up(1, { ahead })
    lab.submit({ teach: [] }, { wish: "taught" })
    lab.finish("teach", { ms })
    lab.drop("taught")
    lab.submit(tree(0, 64))
    const queues: Array<Array<string>> = [[], []]
    let found = 0
    for (let turn = 0; lab.settled().length === 0; turn++) {
      assert.isBelow(turn, 127)
      for (const run of lab.ran()) queues[Number(run.split("@")[1])].push(run.split("@")[0])
      const queue = queues[queues[turn % 2].length > 0 ? turn % 2 : 1 - turn % 2]
      lab.finish(queue.shift()!, { bytes: 1, ms })
      found = Math.max(found, lab.state.memory.resident)
    }
    return found
  }

  it("never has more than two paths' worth of results when nothing is sent ahead", () => {
    assert.isAtMost(most(0, 1), 10)
  })

  it("has no more when long tasks are sent ahead", () => {
    assert.isAtMost(most(8, 100), 10)
  })
})

/** Performs what was ordered: files are written and read, and what runs finishes, `made` by name. */
const perform = (lab: Lab, queue: Array<string>, made: (name: string) => number): void => {
  const events: Array<Event> = []
  const bytesOf = (chunk: number): number => lab.state.chunks.bytes[chunk]
  for (const command of lab.commands) {
    if (command._tag !== "spill" && command._tag !== "restore") continue
    for (const chunk of command.chunks) {
      events.push({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: bytesOf(chunk) })
    }
  }
  queue.push(...lab.ran().map((run) => run.split("@")[0]))
  const name = queue.shift()
  if (name !== undefined) events.push(lab.finished([name], { bytes: made(name), place: SHARED }))
  lab.tell(...events)
}

describe("a wide map-reduce of four times the budget", () => {
  it("never has more than the budget in memory and promised, and needs no overdraft", () => {
    const lab = new Lab({ budget: 16_000 })
    lab.up(0)
    lab.up(1)
    const graph: Record<string, ReadonlyArray<string>> = {}
    const sums = ["sum0", "sum1", "sum2", "sum3"]
    for (let i = 0; i < 64; i++) {
      graph[`read${i}`] = []
      graph[`map${i}`] = [`read${i}`]
    }
    sums.forEach((sum, i) => graph[sum] = Array.from({ length: 16 }, (_, n) => `map${n * 4 + i}`))
    graph.total = sums
    const bytes = (name: string): number => name.startsWith("read") ? 1000 : name.startsWith("map") ? 500 : 100
    lab.submit(graph, { of: Object.fromEntries(Object.keys(graph).map((name) => [name, { bytes: bytes(name) }])) })
    const queue: Array<string> = []
    let most = 0
    let turns = 0
    while (lab.settled().length === 0 && turns++ < 1000) {
      perform(lab, queue, bytes)
      most = Math.max(most, taken(lab))
    }
    assert.deepStrictEqual(lab.settled(), ["wish"])
    assert.isAtMost(most, 16_000)
    assert.strictEqual(lab.state.memory.overdrafts, 0)
    assert.isAbove(lab.journal.filter(({ commands }) => commands.some(({ _tag }) => _tag === "spill")).length, 0)
  })
})
