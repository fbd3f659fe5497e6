// The classes that may cross between threads: those listed in `schemas` of Task.module. One table per engine and one
// per worker; a class is named by its schema identifier on the way. Light: no Effect is needed to read a class.

/** A class made by Schema.Class, Schema.TaggedClass, Schema.Error or Schema.TaggedError, as far as the codec needs it. */
export interface CrossingClass {
  readonly identifier: string
  readonly fields: { readonly [name: string]: unknown }
  readonly prototype: object
  readonly name: string
}

/** The table of classes that may cross. */
export class Crossing {
  private readonly identifiers = new Map<object, string>()
  private readonly classes = new Map<string, CrossingClass>()

  /**
   * Adds the classes of a module's `schemas`. The same class may come again, also as another evaluation of its module
   * (the latest is the one that values arrive as); two different classes of one identifier are an error.
   */
  add(classes: ReadonlyArray<unknown>): void {
    classes.forEach((candidate, i) => {
      if (!isCrossingClass(candidate)) throw new TypeError(`schemas[${i}] is ${shown(candidate)}: ${whatMayCross}`)
      const before = this.classes.get(candidate.identifier)
      if (before !== undefined && before !== candidate && !isSameAgain(before, candidate)) {
        throw new TypeError(
          `schemas[${i}]: the classes ${before.name} and ${candidate.name} have the same identifier `
            + `"${candidate.identifier}", so that one could arrive as the other: give one of them an identifier of its `
            + `own, as in Schema.TaggedError<${candidate.name}>("my-app/${candidate.name}")("${candidate.name}", ...)`
        )
      }
      this.identifiers.set(candidate.prototype, candidate.identifier)
      this.classes.set(candidate.identifier, candidate)
    })
  }

  /** Identifier of the class with exactly this prototype; undefined if it was not added. */
  identifierOf(prototype: object): string | undefined {
    return this.identifiers.get(prototype)
  }

  /** The class of an identifier; undefined if this side does not know it. */
  classOf(identifier: string): CrossingClass | undefined {
    return this.classes.get(identifier)
  }
}

const whatMayCross = "only classes of Schema.Class, Schema.TaggedClass, Schema.Error and Schema.TaggedError may cross"

const isCrossingClass = (candidate: unknown): candidate is CrossingClass => {
  if (typeof candidate !== "function") return false
  const { fields, identifier, prototype } = candidate as Partial<CrossingClass>
  return typeof identifier === "string" && typeof fields === "object" && fields !== null
    && typeof prototype === "object"
}

/** Whether two classes are one source text evaluated twice (a test runner, a reload), and neither extends the other. */
const isSameAgain = (one: CrossingClass, other: CrossingClass): boolean => {
  const names = Object.keys(one.fields)
  const related = Object.prototype.isPrototypeOf.call(one, other) || Object.prototype.isPrototypeOf.call(other, one)
  return !related && one.name === other.name && names.length === Object.keys(other.fields).length
    && names.every((name) => Object.hasOwn(other.fields, name))
}

const shown = (candidate: unknown): string =>
  typeof candidate === "function" ? `the function or class ${candidate.name || "without a name"}` : `no class`
