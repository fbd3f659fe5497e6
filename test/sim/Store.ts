// The store of a simulated world: writes and reads take time, fail, and are overtaken by releases, as in engine/Mover.
import { DISK, FAR, HEAP, INLINE, SHARED } from "../../src/scheduler/Event.ts"
import type { Held } from "./Node.ts"
import type { World } from "./World.ts"

/** The most ms that a write or a read takes, mostly. */
const SLOW = 5

/** Moves values between memory and disk. */
export class Store {
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  private find(chunk: number, what: string): Held {
    const held = this.world.held[chunk]
    if (held === undefined) return this.world.broken(`${what}: chunk ${chunk} is free`)
    if (held.moving !== "") this.world.broken(`${what}: chunk ${chunk} has a ${held.moving} under way`)
    return held
  }

  private move(held: Held, what: "spill" | "restore", done: () => void): void {
    const { clock, random } = this.world
    held.moving = what
    clock.after(random.delay(SLOW), () =>
      this.world.later(() => {
        held.moving = ""
        if (!held.released) done()
      }))
  }

  /** A value of a heap gets bytes of its own in a later turn, unless somebody reads it then; some never can. */
  private encode(chunk: number, held: Held): void {
    const { clock, plan, random, state } = this.world
    const order = held.encoding = {}
    const odd = random.chance(plan.odd)
    clock.after(random.delay(1), () =>
      this.world.later(() => {
        if (held.released || held.encoding !== order) return
        held.encoding = undefined
        if (odd || state.chunks.pins[chunk] > 0) return this.world.apply({ _tag: "chunk kept", chunk, retry: !odd })
        this.solid(chunk, held)
      }))
  }

  private solid(chunk: number, held: Held): void {
    const { plan, random } = this.world
    held.bytes *= random.pick([0.5, 1, 1.25])
    held.memory = held.bytes > plan.bytes / 4 ? SHARED : INLINE
    this.world.encoded++
    this.world.apply({ _tag: "chunk moved", chunk, place: held.memory, bytes: held.bytes })
  }

  /** A value of a heap is sent to a worker: it has bytes at once, and the scheduler hears of it in a later turn. */
  send(chunk: number, held: Held): void {
    if (held.memory !== HEAP || held.sent) return
    held.encoding = undefined
    held.sent = true
    this.world.later(() => {
      if (!held.released) this.solid(chunk, held)
    })
  }

  /** Has a value sent that only a processor has: in a later turn it has bytes, or is gone with that. */
  private recall(chunk: number, held: Held, gone: () => void): void {
    if (held.recall !== undefined) return void held.recall.push(gone)
    const waiting = held.recall = [gone]
    const { clock, pool, random } = this.world
    clock.after(random.delay(SLOW), () => {
      const isGone = pool.processors.get(held.home)?.dead !== false
      this.world.later(() => {
        held.recall = undefined
        if (held.released) return
        if (!isGone) {
          this.world.recalled++
          return this.solid(chunk, held)
        }
        this.world.missed++
        for (const one of waiting) one()
      })
    })
  }

  /** Writes a chunk to disk, or encodes it. */
  spill(chunk: number): void {
    const { plan, random } = this.world
    const held = this.find(chunk, "spill")
    if (held.memory === FAR) {
      return this.recall(chunk, held, () => this.world.apply({ _tag: "chunk kept", chunk, retry: false }))
    }
    if (held.encoding !== undefined) this.world.broken(`spill: chunk ${chunk} is being encoded`)
    if (held.memory === HEAP) return this.encode(chunk, held)
    if (held.memory !== SHARED || held.disk) this.world.broken(`spill: chunk ${chunk} is not in the arena, or on disk`)
    const fails = random.chance(plan.spillFails)
    const retry = random.chance(0.5)
    this.move(held, "spill", () => {
      if (fails) return this.world.apply({ _tag: "chunk kept", chunk, retry })
      held.disk = true
      this.world.apply({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: held.bytes })
    })
  }

  /** Reads a chunk back. */
  restore(chunk: number): void {
    const { plan, random } = this.world
    const held = this.find(chunk, "restore")
    if (held.memory === FAR) return this.recall(chunk, held, () => this.recompute(chunk, held))
    if (held.memory !== 0 || !held.disk) this.world.broken(`restore: chunk ${chunk} is in memory, or not on disk`)
    const fails = random.chance(plan.restoreFails)
    this.move(held, "restore", () => {
      if (fails && random.chance(0.5)) return this.recompute(chunk, held)
      if (fails) {
        held.lost = true
        return this.world.apply({ _tag: "chunk lost", chunk })
      }
      held.memory = SHARED
      this.world.apply({ _tag: "chunk moved", chunk, place: SHARED | DISK, bytes: held.bytes })
    })
  }

  /** Its bytes on disk are damaged: it comes back from somewhere else, or is lost after all. */
  private recompute(chunk: number, held: Held): void {
    const { random } = this.world
    this.world.apply({ _tag: "chunk damaged", chunk })
    const lost = random.chance(0.3)
    this.move(held, "restore", () => {
      held.disk = lost
      held.lost = lost
      if (lost) return this.world.apply({ _tag: "chunk lost", chunk })
      held.memory = SHARED
      this.world.apply({ _tag: "chunk moved", chunk, place: SHARED, bytes: held.bytes })
    })
  }

  /** Drops the copy in memory. */
  forget(chunk: number): void {
    const held = this.find(chunk, "move")
    if (held.memory === 0 || !held.disk) this.world.broken(`move: chunk ${chunk} is not in memory and on disk`)
    if (this.world.users.isRead(held)) this.world.broken(`move: chunk ${chunk} is being read`)
    held.memory = 0
  }
}
