// Workers that do not start: the engine tries again after a pause, and where none ever comes up it says why.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { collect, collectExit, delayed, Engine } from "poniard"
import { bytesTransport, threadTransport } from "../../src/transport/thread.ts"
import type { Transport } from "../../src/transport/Transport.ts"
import { unlessItHangs } from "./hangs.ts"
import { survives } from "./kills.ts"
import { square } from "./modules/kinds.ts"
import { failsWith } from "./plain/Claim.ts"

/** A transport whose first `failures` far sides do not start: they end at once, or cannot even be opened. */
const flaky = (transport: Transport, failures: number, how: "ends" | "throws"): Transport & { opened: number } => ({
  name: transport.name,
  sharesMemory: transport.sharesMemory,
  opened: 0,
  open(opening) {
    if (this.opened++ >= failures) return transport.open(opening)
    if (how === "throws") throw new Error("no such loader")
    setImmediate(() => {
      if (failures === Infinity) opening.onNotice({ stream: "stderr", text: "bad option: --nope\n", task: -1 })
      opening.onExit({ exitCode: 9, reason: "", expected: false })
    })
    return {
      words: undefined,
      post: () => {},
      heapBytes: undefined,
      expect: undefined,
      terminate: () => {},
      close: () => Promise.resolve()
    }
  }
})

const squares = collect(delayed(square).map([1, 2, 3]))

describe.each([threadTransport, bytesTransport])("a worker that does not start ($name)", {
  concurrent: true,
  timeout: 90_000
}, (transport) => {
  it.live.each(["ends", "throws"] as const)(
    "is tried again (it %s)",
    (how) =>
      survives(
        { threads: 2, transport: flaky(transport, 3, how) },
        Effect.gen(function*() {
          assert.deepStrictEqual(yield* squares, [1, 4, 9])
        })
      )
  )

  it.live.each(["ends", "throws"] as const)(
    "five times in a row is given up: tasks fail and say why (it %s)",
    (how) => {
      const broken = flaky(transport, Infinity, how)
      return Effect.gen(function*() {
        const error = yield* failsWith(squares, "ProcessorLost")
        assert.match(
          error.reason,
          how === "ends" ? /^none could be started, several times in a row: it ended at once$/ : /no such loader/
        )
        assert.strictEqual(error.exitCode, how === "ends" ? 9 : -1)
        assert.deepStrictEqual([...error.log], how === "ends" ? ["bad option: --nope"] : [])
        // So do tasks that come later; closures run as ever.
        const [task, closure] = yield* collectExit([delayed(square)(1), delayed((x: number) => x + 1)(1)])
        assert.isTrue(Exit.isFailure(task))
        assert.deepStrictEqual(closure, Exit.succeed(2))
        assert.isAtMost(broken.opened, 6)
      }).pipe(unlessItHangs, Effect.provide(Engine.layer({ threads: 2, memory: "16 MiB", transport: broken })))
    }
  )
})
