// How the members of a chain are called, wherever it runs: which of its arguments are whose, what each is called, and how
// workers are told of them. Which tasks are merged is decided in fuse.ts; following what members return is for whoever
// runs them (worker/Chain.ts, processor/chain.ts).
import type { ChainPart, Place, TaskFunctionEntry } from "./TaskFunction.ts"

/** A member of a chain as a worker is told of it. */
export interface PartMessage extends Place {
  readonly id: number
  readonly kind: TaskFunctionEntry["kind"]
  readonly url: string
  readonly name: string
  readonly source: string | undefined
}

/** The members of a chain as a text, for the field `source` of its entry. */
export const writeParts = (parts: ReadonlyArray<ChainPart>): string =>
  JSON.stringify(parts.map(({ at, first, fn: { id, kind, name, source, url }, inputs }): PartMessage => ({
    id,
    kind,
    url,
    name,
    source,
    first,
    inputs,
    at
  })))

/** The members of a chain from such a text. */
export const readParts = (text: string): ReadonlyArray<PartMessage> => JSON.parse(text) as ReadonlyArray<PartMessage>

/** Calls one member: `args` are those of the whole chain, `value` is what the member before gave. */
export const callMember = (
  call: Function,
  { at, first, inputs }: Place,
  args: ReadonlyArray<unknown>,
  value: unknown
): unknown => {
  if (at === 0) {
    if (inputs === 0) return call(value)
    if (inputs === 1) return call(value, args[first])
  }
  const own: Array<unknown> = []
  const until = first + inputs
  for (let i = first; i < until; i++) {
    if (i - first === at) own.push(value)
    own.push(args[i])
  }
  if (at === inputs) own.push(value)
  return call(...own)
}

/** Whose the argument `index` of a chain is, and which of that member's arguments it is, both from 0. */
export const ownerOf = (
  parts: ReadonlyArray<ChainPart>,
  index: number
): { readonly member: number; readonly argument: number } => {
  const member = parts.findLastIndex(({ first, inputs }) => inputs > 0 && first <= index)
  const { at, first } = parts[member]
  const argument = index - first
  return { member, argument: at >= 0 && argument >= at ? argument + 1 : argument }
}

/** What a function is called where nothing else is said. */
export const labelOf = ({ name }: TaskFunctionEntry): string => name === "" ? "(anonymous)" : name

/** Names that a chain's own name shows before and after the rest. */
const HEAD = 3
const TAIL = 2

/** What a chain is called whose last task has no name of its own. */
export const chainLabel = (parts: ReadonlyArray<ChainPart>): string => {
  const names = parts.map(({ fn }) => labelOf(fn))
  if (names.length <= HEAD + TAIL + 1) return names.join(" -> ")
  return [...names.slice(0, HEAD), `(${names.length - HEAD - TAIL} more)`, ...names.slice(-TAIL)].join(" -> ")
}
