// Closures and their results on this thread: whatever they throw or give, the engine lives, and hands over what it can.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { collect, delayed, Engine } from "poniard"
import { type Made, make } from "./modules/crossing.ts"
import { type Thrown, throws } from "./modules/failing.ts"
import { square } from "./modules/kinds.ts"
import { guarded } from "./overTransports.ts"
import { failsWith } from "./plain/Claim.ts"

// The functions of the modules are called in closures, which makes closures of them.
const kinds: ReadonlyArray<Thrown> = [
  "error",
  "undefined",
  "null",
  "text",
  "frozen",
  "getter",
  "function",
  "instance",
  "bare",
  "noText",
  "proxy",
  "badMessage",
  "badStack",
  "badName",
  "cyclic",
  "aggregate"
]
const results: ReadonlyArray<Made> = [
  "function",
  "symbol",
  "socket",
  "nested",
  "inMap",
  "promiseInside",
  "hashMap",
  "effectInside",
  "proxy",
  "weak"
]

/** These cannot even be looked at, so that nobody can say how large they are. */
const unreadable: ReadonlyArray<Made> = ["revoked", "getter", "thenGetter"]

const goesOn = Effect.gen(function*() {
  assert.strictEqual(yield* collect(delayed(square)(delayed((x: number) => x + 1)(1))), 4)
})

layer(Engine.layer({ threads: 1, memory: "16 MiB", check: true }), { excludeTestServices: true })("a closure", (it) => {
  for (const kind of kinds) {
    it.effect(`that throws (${kind}) is TaskFailed, plain, as a Promise and as an Effect`, () =>
      guarded(Effect.gen(function*() {
        const ways = [
          () => throws(kind),
          () => new Promise<number>((resolve) => resolve(throws(kind))),
          () => Effect.sync(() => throws(kind))
        ]
        for (const way of ways) {
          const error = yield* failsWith(collect(delayed(way as () => number, { name: "odd" })()), "TaskFailed")
          assert.match(error.message, /^Task "odd" failed \(fiber \d+, attempt 1\): ./)
          assert.strictEqual(error.root, "odd")
        }
        yield* goesOn
      })))
  }

  for (const what of results) {
    it.effect(`may give what cannot cross (${what}) to another closure`, () =>
      guarded(Effect.gen(function*() {
        const made = delayed(() => [make(what)])()
        const seen = yield* collect(delayed((list: ReadonlyArray<unknown>) => typeof list[0])(made))
        assert.strictEqual(seen, what === "function" || what === "symbol" ? what : "object")
        yield* collect(delayed(() => make(what))())
        yield* goesOn
      })))
  }

  for (const what of unreadable) {
    it.effect(`that gives what cannot be looked at (${what}) is TaskFailed`, () =>
      guarded(Effect.gen(function*() {
        yield* failsWith(collect(delayed(() => [make(what)])()), "TaskFailed")
        yield* failsWith(collect(delayed(() => make(what))()), "TaskFailed")
        yield* goesOn
      })))
  }
})
