// Thousands of seeded worlds over the real scheduler: processors that fail, hang, refuse, leave and die, a store that
// loses, users that change their minds. The seed of a broken one is told with the least world that shows it and its
// trace. `SIM_SEEDS=5000-90000` lives those instead.
import { assert, describe, it } from "vitest"
import { explainFailure, kindOf, live } from "./live.ts"
import { planOf } from "./Plan.ts"
import { World } from "./World.ts"

const [first, last] = (process.env["SIM_SEEDS"] ?? "1-6000").split("-").map(Number)

/** Seeds that one test lives. */
const SEEDS = 500

describe("in every world, wanted tasks settle, values live as long as they are needed and no longer, slots and bytes add up", () => {
  for (let from = first; from <= last; from += SEEDS) {
    const to = Math.min(last, from + SEEDS - 1)
    it(`seeds ${from} to ${to}`, { timeout: 60_000 }, () => {
      for (let seed = from; seed <= to; seed++) {
        const failure = explainFailure(seed)
        if (failure !== undefined) assert.fail(failure)
      }
    })
  }
})

describe("the simulation", () => {
  it("gives the same world for the same seed", () => {
    for (let seed = 1; seed <= 20; seed++) {
      assert.deepStrictEqual(live(planOf(seed)).turns, live(planOf(seed)).turns)
    }
  })

  it("loses processors with values that only they had", () => {
    let missed = 0
    for (let seed = 1; seed <= 6000 && missed < 5; seed++) {
      const plan = planOf(seed)
      if (plan.far > 0 && plan.die > 0) missed += live(plan).missed
    }
    assert.isAtLeast(missed, 5)
  })

  it("meets everything that can happen and everything that can be ordered", () => {
    const events = new Set<string>()
    const commands = new Set<string>()
    let overdrafts = 0
    let followers = 0
    let givenBack = 0
    let encoded = 0
    let recalled = 0
    for (let seed = 1; seed <= 400; seed++) {
      const world = live(planOf(seed))
      overdrafts += world.state.memory.overdrafts
      followers += world.outcomes.followers
      givenBack += world.outcomes.givenBack
      encoded += world.encoded
      recalled += world.recalled
      for (const turn of world.turns) {
        for (const { _tag } of turn.events) events.add(_tag)
        for (const command of turn.commands) {
          if (command._tag === "fail") { for (const reason of command.reasons) commands.add(`fail: ${reason}`) }
          else if (command._tag === "after") commands.add(`after: ${command.purpose}`)
          else commands.add(command._tag)
        }
      }
    }
    assert.sameMembers([...events], [
      "submitted",
      "finished",
      "dropped",
      "cancelled",
      "unpersisted",
      "claimed",
      "yielded",
      "resumed",
      "failed",
      "retracted",
      "kept",
      "processor up",
      "processor leaving",
      "processor lost",
      "chunk lost",
      "chunk damaged",
      "pinned",
      "chunk moved",
      "chunk kept",
      "pressure",
      "elapsed"
    ])
    assert.sameMembers([...commands], [
      "run",
      "interrupt",
      "retract",
      "spill",
      "restore",
      "move",
      "release",
      "settle",
      "after: retry",
      "after: watch",
      "after: timeout",
      ...["error", "cancelled", "timeout", "lost", "full", "unplaceable", "chunk lost"].map((reason) =>
        `fail: ${reason}`
      )
    ])
    assert.isAbove(overdrafts, 0)
    assert.isAbove(followers, 1000)
    assert.isAbove(givenBack, 300)
    assert.isAbove(encoded, 100)
    assert.isAbove(recalled, 20)
  })

  const faults: Record<string, (world: World) => void> = {
    "a use is forgotten": ({ state }) => {
      const { link } = state.edges
      state.edges.link = function(chunks, task, chunk) {
        const edge = link.call(this, chunks, task, chunk)
        if (task % 3 === 2) chunks.uses[chunk]--
        return edge
      }
    },
    "what is ordered to run never runs": ({ state }) => {
      const { add } = state.out
      state.out.add = function(kind, worker, task, attempt) {
        if (kind !== "run" || attempt % 7 !== 6) add.call(this, kind, worker, task, attempt)
      }
    },
    "a wish is settled twice": ({ state }) => {
      const { take } = state.out
      state.out.take = function() {
        const commands = take.call(this)
        return [...commands, ...commands.filter(({ _tag }) => _tag === "settle")]
      }
    }
  }

  for (const [what, plant] of Object.entries(faults)) {
    it(`notices when ${what}`, () => {
      const found = new Set<string>()
      for (let seed = 1; seed <= 10; seed++) {
        const world = new World(planOf(seed))
        plant(world)
        try {
          world.live()
        } catch (error) {
          found.add(kindOf((error as Error).message))
        }
      }
      assert.isAbove(found.size, 0)
    })
  }

  it("tells the seed, the least world that it found and its trace", () => {
    const told = explainFailure(3, ({ state }) => {
      const { link } = state.edges
      state.edges.link = function(chunks, task, chunk) {
        const edge = link.call(this, chunks, task, chunk)
        chunks.uses[chunk]--
        return edge
      }
    })
    assert.match(told ?? "", /^seed 3: check: /)
    assert.match(told ?? "", /least world: .*"nodes":1,/)
    assert.match(told ?? "", /turn 1 at .*\n {2}\{"_tag":/)
  })
})
