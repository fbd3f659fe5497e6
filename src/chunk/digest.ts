// What a value consists of, as a SHA-256 that is the same for equal values, whoever made them and in whatever order their
// properties were set: for content keys. Handles in a value are the caller's to name.
import { createHash } from "node:crypto"
import { type Crossing, encode } from "./codec.ts"
import { Refused } from "./Refused.ts"

/** Takes the pieces, in order. */
type Sink = (piece: string | Uint8Array) => void

/** What stands for an object that the caller knows: a text, or the value in its place; undefined: it is an ordinary one. */
export type Known = (o: object) => { readonly text: string } | { readonly value: unknown } | undefined

/** After the members of an object: it may be met again from here on. */
class End {
  readonly of: object
  constructor(of: object) {
    this.of = of
  }
}

const primitive = (value: unknown): string | undefined => {
  switch (typeof value) {
    case "string":
      return `s${JSON.stringify(value)}`
    case "number":
      return Object.is(value, -0) ? "n-0;" : `n${value};`
    case "bigint":
      return `i${value};`
    case "boolean":
      return value ? "t" : "f"
    case "undefined":
      return "u"
    default:
      return value === null ? "z" : undefined
  }
}

const bytesOf = (o: object): Uint8Array | undefined => {
  if (ArrayBuffer.isView(o)) return new Uint8Array(o.buffer, o.byteOffset, o.byteLength)
  return o instanceof ArrayBuffer || o instanceof SharedArrayBuffer ? new Uint8Array(o) : undefined
}

/** What stands before the members of an object, and these; undefined if it is of a kind that only the codec knows. */
const membersOf = (o: object): readonly [text: string, members: ReadonlyArray<unknown>] | undefined => {
  if (Array.isArray(o)) return [`[${o.length};`, o]
  if (o instanceof Date) return [`d${o.getTime()};`, []]
  if (o instanceof Map) return [`m${o.size};`, [...o].flat()]
  if (o instanceof Set) return [`e${o.size};`, [...o]]
  const prototype = Object.getPrototypeOf(o) as unknown
  if (prototype !== Object.prototype && prototype !== null) return undefined
  const names = Object.keys(o).sort()
  const record = o as Readonly<Record<string, unknown>>
  return [`{${JSON.stringify(names)}`, names.map((name) => record[name])]
}

/** One step of the walk: puts in what an object is, and pushes what it has. */
const put = (
  o: object,
  stack: Array<unknown>,
  open: Set<object>,
  sink: Sink,
  crossing: Crossing,
  root: string
): void => {
  if (open.has(o)) throw new Refused(root, "it contains itself")
  const bytes = bytesOf(o)
  if (bytes !== undefined) {
    sink(`b${o.constructor.name}:${bytes.byteLength};`)
    return sink(bytes)
  }
  const found = membersOf(o)
  if (found === undefined) {
    const { buffers, head } = encode(o, crossing, { root })
    for (const part of [head, ...buffers]) {
      sink(`c${part.byteLength};`)
      sink(part)
    }
    return
  }
  const [text, members] = found
  sink(text)
  open.add(o)
  stack.push(new End(o))
  for (let i = members.length - 1; i >= 0; i--) stack.push(members[i])
}

/** A list instead of recursion: values may be deep. */
const walk = (value: unknown, sink: Sink, crossing: Crossing, known: Known, root: string): void => {
  const stack: Array<unknown> = [value]
  const open = new Set<object>()
  while (stack.length > 0) {
    const next = stack.pop()
    if (next instanceof End) {
      open.delete(next.of)
      continue
    }
    const text = primitive(next)
    if (text !== undefined) {
      sink(text)
      continue
    }
    if (typeof next !== "object") throw new Refused(root, `a ${typeof next} has no content`)
    const stands = known(next as object)
    if (stands === undefined) put(next as object, stack, open, sink, crossing, root)
    else if ("text" in stands) sink(`k${JSON.stringify(stands.text)}`)
    else stack.push(stands.value)
  }
}

/**
 * The digest of a value's content, 64 hexadecimal digits. Throws Refused with `root` for what has none: functions, symbols,
 * cycles and classes that are not listed. Values of listed classes, options, errors and the like count as the codec writes
 * them.
 */
export const digest = (value: unknown, crossing: Crossing, known: Known, root: string): string => {
  const hash = createHash("sha256")
  walk(value, (piece) => void hash.update(piece), crossing, known, root)
  return hash.digest("hex")
}
