// The invariants can fail: every sentence of `check` about a sound state that was made unsound in one place.
import { assert, describe, it } from "vitest"
import { check } from "../../src/scheduler/check.ts"
import { LIVE, PERSISTED, RESTORING, SPILLING, STUCK } from "../../src/scheduler/ChunkTable.ts"
import { DISK, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import type { State } from "../../src/scheduler/State.ts"
import { FAILED, READY, RELEASED, STORED, WAITING } from "../../src/scheduler/TaskTable.ts"
import { Lab } from "./Lab.ts"

/**
 * A state with everything in it: `done` is stored (in the arena), `run` runs on it with a reservation, `ahead` behind
 * it, `wait` waits for `run`, `fetch` for `away` on its way from disk, `bad` has failed and `root` is ready.
 */
const scene = (): Lab => {
  const lab = new Lab({ budget: 100_000 })
  lab.up(0, { capacity: [1, 4], ahead: 8 })
  lab.learn(3, { bytes: 200, demand: [1, 1] })
  lab.submit({ done: [], away: [], bad: [] }, { wish: "first", exits: true })
  lab.finish("done", { bytes: 1000, place: SHARED, ms: 3 })
  lab.finish("away", { bytes: 1500, place: SHARED, ms: 3 })
  lab.fail("bad")
  lab.tell({ _tag: "pressure", bytes: 1 })
  assert.deepStrictEqual(lab.chunksOf("spill"), ["away"])
  lab.tell({ _tag: "chunk moved", chunk: lab.chunk("away"), place: SHARED | DISK, bytes: 1500 })
  lab.submit({ run: ["done"], ahead: ["done"], wait: ["run", "ahead"], fetch: ["away", "done"], root: [] }, {
    wish: "second",
    all: { bytes: 200, demand: [1, 1] },
    of: { root: { demand: [1, 9] } }
  })
  assert.deepStrictEqual(["run", "ahead", "wait", "fetch", "root"].map((name) => lab.is(name)), [
    "running",
    "running",
    "waiting",
    "waiting",
    "ready"
  ])
  assert.deepStrictEqual(check(lab.state), [])
  return lab
}

type Spoil = (s: State, lab: Lab) => void

const cases: ReadonlyArray<readonly [what: RegExp, spoil: Spoil]> = [
  [/chunk 0: 3 uses, but 4 edges/, (s) => s.chunks.uses[0]--],
  [/chunk 0: \d pins, but \d attempts need it/, (s) => s.chunks.pins[0] = 0],
  [/chunk 0: 4 uses, but 4 edges, 1 keeps/, (s) => s.chunks.flags[0] |= PERSISTED],
  [/chunk 0: 4 uses, but 4 edges, 0 keeps and 1 readers/, (s) => s.chunks.pins[0]++],
  [/chunk 0: edge \d+ does not point back/, (s) => s.edges.previousUse[s.edges.nextUse[s.chunks.firstUse[0]]] = 77],
  [/chunk 0: last use is/, (s) => s.chunks.lastUse[0] = s.chunks.firstUse[0]],
  [/edge \d+ is in two places/, (s) => s.edges.nextUse[s.chunks.lastUse[0]] = s.chunks.firstUse[0]],
  [/edge \d+ is of chunk 55/, (s) => s.edges.chunk[s.chunks.firstUse[0]] = 55],
  [/edges: \d+ counted/, (s) => s.edges.count++],
  [/edges: \d+ in the lists of uses, \d+ in those of inputs/, (s, lab) => s.tasks.firstInput[lab.task("wait")] = -1],
  [/input edge \d+ is of task/, (s, lab) => s.edges.task[s.tasks.firstInput[lab.task("wait")]] = lab.task("root")],
  [/its list of inputs has no end/, (s, lab) => {
    const edge = s.tasks.firstInput[lab.task("wait")]
    s.edges.nextInput[edge] = edge
  }],
  [/used by task \d+, which is free/, (s, lab) => s.tasks.become(lab.task("wait"), 0)],
  [/uses chunk \d+, which is free/, (s, lab) => s.chunks.flags[lab.chunk("run")] = 0],
  [/free, but has flags/, (s) => s.chunks.flags[200] = STUCK],
  [/free, but evictable or awaited/, (s) => s.evictable.add(200)],
  [/chunks: 9 counted, 8 rows/, (s) => s.chunks.count++],
  [/chunk 0: not evictable/, (s) => s.evictable.delete(0)],
  [/chunk 0: evictable/, (s) => s.chunks.place[0] = INLINE],
  [/kept, but nobody wants it/, (s, lab) => s.chunks.uses[lab.chunk("away")] = 0],
  [/is not among the uses of chunk/, (s) => s.edges.unlink(s.chunks, s.chunks.firstUse[0])],
  [/has bytes, but task \d+ is not stored/, (s, lab) => s.chunks.place[lab.chunk("run")] = INLINE],
  [/without bytes, and nobody makes them/, (s) => s.chunks.place[0] = 0],
  [/pinned, but it failed/, (s, lab) => s.chunks.pins[lab.chunk("bad")]++],
  [/spilled from 6/, (s) => {
    s.chunks.flags[0] |= SPILLING
    s.chunks.place[0] = SHARED | DISK
  }],
  [/restored to 2/, (s) => s.chunks.flags[0] |= RESTORING],
  [/awaits its restore, which was not ordered/, (s, lab) => s.chunks.flags[lab.chunk("away")] = LIVE],
  [/awaits its restore, but is not fetching/, (s, lab) => s.restores.get(lab.chunk("away"))!.push(lab.task("wait"))],
  [/awaits the restore of chunk \d 1 times, listed 0 times/, (s) => s.restores.clear()],
  [/memory.resident: 1001, not 1000/, (s) => s.memory.resident++],
  [/memory.spilling: 1, not 0/, (s) => s.memory.spilling++],
  [/memory.restoring: 1501, not 1500/, (s) => s.memory.restoring++],
  [/memory.away: 2, not 1/, (s) => s.memory.away++],
  [/memory.reserved: 601, not 600/, (s) => s.memory.reserved++],
  [/has 7 bytes reserved, but does not run/, (s, lab) => s.reservations.set(lab.task("wait"), 7)],
  [/openSince: 3, but/, (s) => s.openSince = 3],
  [/1 orphans, but no submission is open/, (s) => s.orphans.push(0)],
  [/counted as stored/, (s) => s.tasks.counts[STORED]++],
  [/\(waiting\): 3 inputs missing, not 2/, (s, lab) => s.tasks.missing[lab.task("wait")]++],
  [/\(ready\): 2 inputs missing/, (s, lab) => s.tasks.become(lab.task("wait"), READY)],
  [/\(ready\): is in no queue/, (s, lab) => s.tasks.order[lab.task("root")] += 100],
  [/\(waiting\): waits for nothing/, (s, lab) => s.tasks.become(lab.task("root"), WAITING)],
  [/\(running\): has an attempt|\(stored\): has an attempt/, (s, lab) => s.tasks.attempt[lab.task("done")] = 3],
  [/fetches its inputs/, (s, lab) => s.fetching.add(lab.task("root"))],
  [/was admitted/, (s, lab) => s.admitted.add(lab.task("wait"))],
  [/its input, chunk \d, is not in memory/, (s) => s.chunks.place[0] = DISK],
  [/1 outputs counted as live, 0 are/, (s, lab) => s.chunks.producer[lab.chunk("run")] = lab.task("root")],
  [/has not let go of its inputs/, (s, lab) => s.tasks.become(lab.task("wait"), FAILED)],
  [/its input from task \d+, which is failed/, (s, lab) => s.tasks.become(lab.task("run"), FAILED)],
  [/nobody wants it/, (s, lab) => s.chunks.uses[lab.chunk("root")] = 0],
  [/no recipe is kept yet/, (s, lab) => s.tasks.become(lab.task("wait"), RELEASED)],
  [/a wish cannot be that/, (s, lab) => s.tasks.become(lab.task("second"), READY)],
  [/\(waiting\): 4 inputs missing, not 3/, (s, lab) => s.tasks.missing[lab.task("second")] = 4],
  [/\(stored\): 3 inputs missing/, (s, lab) => s.tasks.become(lab.task("second"), STORED)],
  [/worker 0: 3 attempts counted as sent, 2 are/, (s) => s.alive[0].sent++],
  [/worker 0: 1 attempts counted as suspended, 0 are/, (s) => s.alive[0].suspended++],
  [/1 attempts have yielded, 0 are in the workers' lists/, (s) => s.yielded.add(99)],
  [/worker 0: [\d.]+ ms expected, not/, (s) => s.alive[0].expected += 1],
  [/worker 0: 3 of resource 1 in use, not 2/, (s) => s.alive[0].used[1]++],
  [/worker 0: 8 of resource 1 in use, of 4/, (s, lab) => {
    const { demand } = s.classes[s.tasks.taskClass[lab.task("run")]]
    ;(demand as Array<number>)[1] = 4
  }],
  [/worker 0: 3 attempts counted|worker 0: 2 attempts counted as sent, 3 are/, (s) => s.alive[0].ghosts.set(99, 1)],
  [/worker 0: task \d+ was not sent after attempt/, (s) => s.tasks.attempt[s.alive[0].list.last] = 0],
  [/is in two lists, or twice in one/, (s) => s.alive[0].list.push(s.alive[0].list.first, 99)],
  [/has task \d+, which does not run/, (s, lab) => s.tasks.become(lab.task("run"), STORED)],
  [/has task \d+ of worker 5/, (s, lab) => s.tasks.worker[lab.task("run")] = 5],
  [/running, but in no worker's list/, (s) => s.alive[0].list.head++],
  [/worker 0: not in the table/, (s) => s.workers.set(0, { ...s.alive[0] })],
  [/workers: 1, of which 0 are alive/, (s) => s.alive.length = 0]
]

describe("check", () => {
  for (const [what, spoil] of cases) {
    it(`says ${what.source}`, () => {
      const lab = scene()
      spoil(lab.state, lab)
      assert.match(check(lab.state).join("\n"), what)
    })
  }
})
