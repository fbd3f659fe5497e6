// The options of tasks, and the sizes and durations in them: how they are read, and how a wrong one is refused.
import { assert, describe, it } from "@effect/vitest"
import { Duration, Schedule } from "effect"
import { parseBytes, readBytes } from "../../src/graph/bytes.ts"
import { readMillis } from "../../src/graph/duration.ts"
import { defaultOptions, resolveOptions } from "../../src/graph/options.ts"
import { refused } from "./refused.ts"

const resolve = (options: unknown): unknown => resolveOptions(options, "delayed")

describe("options", () => {
  it("have one shape, whatever is given", () => {
    const retry = Schedule.recurs(2)
    const all = resolve({
      outputs: 1,
      bytes: "1 KiB",
      timeout: "2 seconds",
      retry,
      priority: -1.5,
      name: "n",
      persist: true,
      getResult: true,
      checkpoint: true,
      version: "2",
      restore: false,
      meta: true
    })
    assert.deepStrictEqual(all, {
      name: "n",
      priority: -1.5,
      timeout: 2000,
      retry,
      bytes: 1024,
      persist: true,
      getResult: true,
      meta: true,
      outputs: 1,
      cache: false,
      checkpoint: true,
      version: "2",
      restore: false,
      rerun: true
    })
    assert.deepStrictEqual(Object.keys(all as object), Object.keys(defaultOptions))
    assert.deepStrictEqual(resolve({ name: undefined, priority: undefined }), defaultOptions)
    assert.strictEqual(resolve(undefined), defaultOptions)
  })

  it("refuse unknown names, with the nearest and all known ones", () => {
    const error = refused(() => resolve({ prioritee: 1 }))
    assert.strictEqual(error.path, "delayed: options.prioritee")
    assert.include(error.message, "did you mean priority?")
    assert.include(error.message, "bytes, persist, cache, getResult, checkpoint, version, restore, meta, outputs")
    assert.notInclude(refused(() => resolve({ colour: 1 })).message, "did you mean")
    assert.strictEqual(refused(() => resolve({ scope: 1 })).path, "delayed: options.scope")
    assert.strictEqual(refused(() => resolve({ constructor: 1 })).path, "delayed: options.constructor")
  })

  it("refuse wrong values with their place", () => {
    const wrong: ReadonlyArray<readonly [options: object, expected: string]> = [
      [{ name: "" }, "expected a text"],
      [{ name: 3 }, "expected a text, got the number 3"],
      [{ cache: 1 }, "expected true or false"],
      [{ cache: true, persist: true }, "leave persist and getResult out"],
      [{ cache: true, getResult: true }, "leave persist and getResult out"],
      [{ checkpoint: "yes" }, "expected true or false"],
      [{ restore: 1 }, "expected true or false"],
      [{ version: "" }, "expected a text"],
      [{ version: 2 }, "expected a text, got the number 2"],
      [{ priority: "high" }, "expected a finite number"],
      [{ priority: Infinity }, "expected a finite number"],
      [{ timeout: 0 }, "expected a duration above zero"],
      [{ timeout: "soon" }, "expected a duration above zero"],
      [{ timeout: -5 }, "expected a duration above zero"],
      [{ retry: 3 }, "expected a Schedule"],
      [{ bytes: "many" }, "no size in bytes"],
      [{ persist: 1 }, "expected true or false"],
      [{ meta: null }, "expected true or false, got null"],
      [{ outputs: 0 }, "expected a whole number, 1 or more"]
    ]
    for (const [options, expected] of wrong) {
      const error = refused(() => resolve(options))
      assert.strictEqual(error.path, `delayed: options.${Object.keys(options)[0]}`)
      assert.include(error.message, expected)
    }
    for (const options of [3, null, "name", [], () => 1]) {
      assert.include(refused(() => resolve(options)).path, "options")
    }
    assert.include(refused(() => resolve({ outputs: 2, getResult: true })).path, "getResult")
  })

  it("take an infinite timeout for none", () => {
    assert.deepStrictEqual(resolve({ timeout: Infinity }), defaultOptions)
    assert.deepStrictEqual(resolve({ timeout: Duration.infinity }), defaultOptions)
  })
})

describe("sizes in bytes", () => {
  it("are read from numbers and text", () => {
    const sizes: ReadonlyArray<readonly [input: unknown, bytes: number]> = [
      [0, 0],
      [4096, 4096],
      ["4096", 4096],
      [" 12 B ", 12],
      ["24MiB", 24 * 2 ** 20],
      ["512 MiB", 512 * 2 ** 20],
      ["1 GB", 1e9],
      ["1.5 GiB", 1.5 * 2 ** 30],
      ["0.1 KiB", 102],
      ["3kb", 3000],
      ["2 TiB", 2 ** 41]
    ]
    for (const [input, bytes] of sizes) assert.strictEqual(readBytes(input), bytes, String(input))
  })

  it("are not guessed", () => {
    for (
      const input of [
        "",
        "MiB",
        "1 M",
        "-1",
        "1e9",
        "1,5 GB",
        "1.5",
        "1.5 B",
        "12 parsecs",
        "99999999 TiB",
        "1 toString"
      ]
    ) {
      assert.isUndefined(readBytes(input), input)
    }
    for (const input of [-1, 1.5, NaN, Infinity, null, undefined, {}, 3n]) assert.isUndefined(readBytes(input))
  })

  it("say what they expect when refused", () => {
    const error = refused(() => parseBytes("12 parsecs", "--memory"))
    assert.include(error.message, "--memory: the text \"12 parsecs\" is no size in bytes")
    assert.include(error.message, "\"512 MiB\"")
    assert.strictEqual(parseBytes("1 KiB", "--memory"), 1024)
  })
})

describe("durations", () => {
  it("are read as Effect reads them", () => {
    const inputs: ReadonlyArray<Duration.Input> = [
      5,
      1.5,
      Infinity,
      2_500_000n,
      [2, 500_000_000],
      "10 seconds",
      "1 second",
      "1.5 minutes",
      "3 nanos",
      "7 micros",
      "100 millis",
      "2 hours",
      "1 day",
      "2 weeks",
      "Infinity",
      { seconds: 30 },
      { days: 1, milliseconds: 5 },
      { seconds: 1, nanoseconds: 500 },
      Duration.millis(17),
      Duration.nanos(1_500_000n),
      Duration.infinity,
      Duration.negativeInfinity
    ]
    for (const input of inputs) {
      const expected = Duration.toMillis(Duration.fromInputUnsafe(input))
      const millis = readMillis(input) ?? NaN
      if (Number.isFinite(expected)) assert.closeTo(millis, expected, 1e-6, String(input))
      else assert.strictEqual(millis, expected)
    }
  })

  it("are not guessed", () => {
    for (
      const input of ["", "soon", "10", "10 sec", "1 fortnight", NaN, null, undefined, {}, [1], ["1", 2], {
        seconds: "1"
      }, true]
    ) {
      assert.isUndefined(readMillis(input), String(input))
    }
  })
})
