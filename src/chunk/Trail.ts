// Where a walk through a value stands: the steps from its root, so that a refusal can name the place without a path
// being built for every object. Paths look like those of graph/input.ts: `.items[3]`, `.get("a")`.
import { Refused } from "./Refused.ts"

/** How a step leads on: a field by name or number, an item of an array, a value or key of a Map, a member of a Set. */
export type Step = "field" | "nth" | "item" | "get" | "key" | "member"

/** The way from a root to where a walk is now. The walk writes `how`, `keys` and `depth` itself. */
export class Trail {
  /** for each level, how its key leads on */
  readonly how: Array<Step> = []
  /** for each level, a name or an index (for `get`: the key if it is a string, else the index) */
  readonly keys: Array<string | number> = []
  /** for each level of a field by number, the object that has it */
  readonly objects: Array<object | undefined> = []
  /** how many levels count now */
  depth = 0
  private readonly base: Trail | string

  constructor(base: Trail | string) {
    this.base = base
  }

  /** A new trail that begins where this one is now. */
  fork(): Trail {
    const here = new Trail(this.base)
    for (let i = 0; i < this.depth; i++) {
      here.how.push(this.how[i])
      here.keys.push(this.keys[i])
      here.objects.push(this.objects[i])
    }
    here.depth = this.depth
    return new Trail(here)
  }

  /** The place as text, root first. */
  path(): string {
    const parts = this.stepsBack()
    let { base } = this
    for (; typeof base !== "string"; base = base.base) for (const part of base.stepsBack()) parts.push(part)
    parts.reverse()
    const middle = parts.length - MOST_SHOWN
    if (middle > 0) parts.splice(MOST_SHOWN / 2, middle, ` ...${middle} more... `)
    return base + parts.join("")
  }

  private stepsBack(): Array<string> {
    const parts: Array<string> = []
    for (let i = this.depth - 1; i >= 0; i--) parts.push(stepText(this.how[i], this.keys[i], this.objects[i]))
    return parts
  }

  /** What was thrown on the way as a refusal of this place. */
  refusal(thrown: unknown): Refused {
    if (thrown instanceof Refused) return thrown
    let text = "something that cannot be shown"
    try {
      text = String(thrown)
    } catch { /* what is thrown may itself throw when it is shown */ }
    return new Refused(this.path(), `it cannot be read: ${text}`, { cause: thrown })
  }
}

/** Steps of a path that are shown: who follows more, in a list say, looks for its end. */
const MOST_SHOWN = 1000

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u

const stepText = (how: Step, key: string | number, o: object | undefined): string => {
  switch (how) {
    case "nth":
      return stepText("field", Object.keys(o!)[key as number], undefined)
    case "field":
      return identifier.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`
    case "item":
      return `[${key}]`
    case "get":
      return typeof key === "string" ? `.get(${JSON.stringify(key)})` : `<value ${key} of the Map>`
    case "key":
      return `<key ${key} of the Map>`
    case "member":
      return `<item ${key} of the Set>`
  }
}
