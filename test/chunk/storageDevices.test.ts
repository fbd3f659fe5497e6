// What every storage device promises, each by the same tests: thousands of random operations against a model, many at once,
// values of all kinds, and nothing left at the end.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Option, Scope } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { disk } from "../../src/chunk/DiskStorage.ts"
import { memory } from "../../src/chunk/MemoryStorage.ts"
import type { StorageDevice, Stored } from "../../src/chunk/StorageDevice.ts"
import { aesGcm, zstd } from "../../src/chunk/storageFilters.ts"
import { generator } from "./generator.ts"
import { folder } from "./spilling.ts"

const key = new Uint8Array(16).fill(7)

/** Devices by name, in a folder of their own; `limit`: bytes beyond which a put may fail. */
const devices: Readonly<Record<string, (path: string) => { readonly device: StorageDevice; readonly limit: number }>> =
  {
    "memory": () => ({ device: memory({ capacity: 20_000 }), limit: 20_000 }),
    "memory over a disk": (path) => ({
      device: memory({ capacity: 3000, below: disk({ directory: path }) }),
      limit: Infinity
    }),
    "memory, most recent first, over a disk": (path) => ({
      device: memory({ capacity: 3000, policy: "mru", below: disk({ directory: path }) }),
      limit: Infinity
    }),
    "a disk": (path) => ({ device: disk({ directory: path }), limit: Infinity }),
    "a disk with a limit": (path) => ({ device: disk({ directory: path, capacity: 20_000 }), limit: 19_000 }),
    "a disk with filters": (path) => ({
      device: disk({ directory: path, filters: [zstd(1), aesGcm(key)] }),
      limit: Infinity
    })
  }

const values = (random: () => number): unknown => {
  const n = Math.floor(random() * 200)
  switch (Math.floor(random() * 5)) {
    case 0:
      return Float64Array.from({ length: n }, random)
    case 1:
      return { n, of: ["text".repeat(n % 20), new Date(n)] }
    case 2:
      return new Uint8Array(n).buffer
    case 3:
      return new Map([["a", n]])
    default:
      return n % 2 === 0 ? Option.some(n) : `text ${n}`
  }
}

for (const [name, make] of Object.entries(devices)) {
  describe(name, () => {
    it.live(
      "agrees with a model through random operations, and is empty at the end",
      () =>
        Effect.scoped(Effect.gen(function*() {
          const path = join(yield* folder, "device")
          for (let seed = 1; seed <= 3; seed++) {
            const random = generator(seed)
            const { device, limit } = make(path)
            const model = new Map<Stored<unknown>, { readonly value: unknown; readonly scope: Scope.Closeable }>()
            const pick = () => [...model.keys()][Math.floor(random() * model.size)]
            for (let step = 0; step < 150; step++) {
              const what = random()
              if (model.size === 0 || what < 0.4) {
                const [value, scope] = [values(random), yield* Scope.make()]
                const exit = yield* Effect.exit(Scope.provide(device.put(value), scope))
                if (Exit.isSuccess(exit)) model.set(exit.value, { value, scope })
                else assert.isAbove((yield* device.used) + 2500, limit, `seed ${seed}, step ${step}`)
              } else if (what < 0.8) {
                const stored = pick()
                assert.deepStrictEqual(
                  yield* device.get(stored),
                  model.get(stored)!.value,
                  `seed ${seed}, step ${step}`
                )
              } else {
                const stored = pick()
                const { scope } = model.get(stored)!
                model.delete(stored)
                if (what < 0.9) yield* device.delete(stored)
                yield* Scope.close(scope, Exit.void)
                assert.isFalse(device.has(stored))
                assert.strictEqual((yield* Effect.flip(device.get(stored))).reason, "missing")
              }
              for (const stored of model.keys()) assert.isTrue(device.has(stored))
            }
            for (const { scope } of model.values()) yield* Scope.close(scope, Exit.void)
            assert.strictEqual(yield* device.used, 0)
          }
          if (name !== "memory") assert.deepStrictEqual(readdirSync(path), [])
        })),
      60_000
    )

    it.live("serves many at once", () =>
      Effect.scoped(Effect.gen(function*() {
        const { device } = make(join(yield* folder, "device"))
        const all = yield* Effect.forEach(
          Array.from({ length: 40 }, (_, i) => i),
          (i) => Effect.map(device.put(Float64Array.of(i, i + 1)), (stored) => ({ stored, i })),
          { concurrency: 8 }
        )
        const back = yield* Effect.forEach([...all, ...all].reverse(), ({ stored }) => device.get(stored), {
          concurrency: 8
        })
        assert.deepStrictEqual(back, [...all, ...all].reverse().map(({ i }) => Float64Array.of(i, i + 1)))
      })))

    it.live("gives copies: neither what was put nor what was had is the stored value", () =>
      Effect.scoped(Effect.gen(function*() {
        const { device } = make(join(yield* folder, "device"))
        const value = Float64Array.of(1, 2, 3)
        const stored = yield* device.put(value)
        value[0] = 9
        const back = yield* device.get(stored)
        back[1] = 9
        assert.deepStrictEqual(yield* device.get(stored), Float64Array.of(1, 2, 3))
      })))

    it.live("refuses what has no bytes, and changes nothing", () =>
      Effect.scoped(Effect.gen(function*() {
        const { device } = make(join(yield* folder, "device"))
        const error = yield* Effect.flip(device.put({ f: () => 1 }))
        assert.strictEqual(error._tag, "NotTransferable")
        assert.strictEqual(yield* device.used, 0)
      })))
  })
}
