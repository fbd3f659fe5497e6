// The one base of everything that stands for a value to come: delayed tasks, their outputs, `all` groups, spawned
// tasks and chunks. It exists so that one `instanceof` tells a handle from a plain input.
// Not here: what the kinds hold (Delayed.ts, all.ts, and the engine's and chunk's own classes).

/** The kinds of handles, as small integers that a lowering loop can switch on. */
export const HandleKind = { delayed: 0, output: 1, all: 2, spawned: 3, chunk: 4 } as const

/** One of the numbers of the constant of the same name. */
export type HandleKind = typeof HandleKind[keyof typeof HandleKind]

/** The property by which a handle made by another copy of Poniard is recognised and refused by name. */
export const handleMark = "~poniard/Handle"

/** What an input may be instead of a value: something that stands for a value to come. */
export abstract class Handle {
  /** Which subclass this is; kept on the prototype, so that a million handles do not hold it a million times. */
  declare readonly kind: HandleKind
  declare readonly "~poniard/Handle": true
}

Object.defineProperty(Handle.prototype, handleMark, { value: true })

/** Puts the kind of a class of handles on its prototype; called once, right after the class. */
export const setKind = (type: { readonly prototype: Handle }, kind: HandleKind): void => {
  Object.defineProperty(type.prototype, "kind", { value: kind })
}

/** Whether a value was made by a `Handle` class of another copy of Poniard, which this one cannot run. */
export const isForeignHandle = (value: object): boolean => !(value instanceof Handle) && handleMark in value
