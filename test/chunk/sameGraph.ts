// Whether two values are the same graph of objects: same prototypes, same own properties with the same attributes that
// matter, same bytes, and shared references shared alike. Stricter than deepStrictEqual; the codec is held to it.
import { DateTime, Duration } from "effect"
import { assert } from "vitest"

/** Fails, naming the place, if `b` is not a copy of `a`. */
export const sameGraph = (a: unknown, b: unknown): void => {
  const to = new Map<object, object>()
  const from = new Map<object, object>()
  const queue: Array<readonly [unknown, unknown, string]> = [[a, b, "value"]]
  for (const [x, y, path] of queue) {
    if (typeof x !== "object" || x === null || typeof y !== "object" || y === null) {
      if (!Object.is(x, y)) assert.fail(`${path}: ${String(x)} became ${String(y)}`)
      continue
    }
    if (to.has(x) || from.has(y)) {
      if (to.get(x) !== y || from.get(y) !== x) assert.fail(`${path}: what was shared is not, or the other way round`)
      continue
    }
    // Option.none() is one object in each thread.
    to.set(x, y)
    from.set(y, x)
    if (Object.getPrototypeOf(x) !== Object.getPrototypeOf(y)) assert.fail(`${path}: another prototype`)
    queue.push(...parts(x, y, path))
  }
}

function* parts(x: object, y: object, path: string): Iterable<readonly [unknown, unknown, string]> {
  if (ArrayBuffer.isView(x) || x instanceof ArrayBuffer || x instanceof SharedArrayBuffer) {
    yield [bytesOf(x), bytesOf(y as ArrayBuffer), `${path} (its bytes)`]
    return
  }
  if (DateTime.isDateTime(x) || Duration.isDuration(x)) {
    yield [String(x), String(y), path]
    return
  }
  if (x instanceof Date) yield [x.getTime(), (y as Date).getTime(), path]
  if (x instanceof RegExp) yield [String(x), String(y), path]
  if (x instanceof Number || x instanceof String || x instanceof Boolean) yield [x.valueOf(), y.valueOf(), path]
  if (x instanceof Map) yield* pairs([...x].flat(), [...y as Map<unknown, unknown>].flat(), `${path} (entries)`)
  if (x instanceof Set) yield* pairs([...x], [...y as Set<unknown>], `${path} (members)`)
  const names = ownNames(x)
  yield [names.join(), ownNames(y).join(), `${path} (names)`]
  for (const name of names) {
    const one = Object.getOwnPropertyDescriptor(x, name)!
    const other = Object.getOwnPropertyDescriptor(y, name)!
    yield [one.enumerable, other.enumerable, `${path}.${name} (enumerable)`]
    yield [(x as Record<string, unknown>)[name], (y as Record<string, unknown>)[name], `${path}.${name}`]
  }
}

const ownNames = (o: object): Array<string> => {
  const names = Object.getOwnPropertyNames(o)
  return o instanceof Error || o instanceof RegExp ? names.sort() : names
}

function* pairs(x: ReadonlyArray<unknown>, y: ReadonlyArray<unknown>, path: string) {
  yield [x.length, y.length, path] as const
  for (let i = 0; i < x.length; i++) yield [x[i], y[i], `${path}[${i}]`] as const
}

const bytesOf = (memory: ArrayBufferView | ArrayBufferLike): string => {
  const bytes = ArrayBuffer.isView(memory)
    ? Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength)
    : Buffer.from(memory)
  return bytes.toString("hex")
}
