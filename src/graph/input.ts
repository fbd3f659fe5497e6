// Checks one input at the call: handles may stand alone or one level deep in an array, nowhere else; and a value for a
// task function must be able to cross to a worker. What can cross is the codec's knowledge (chunk/), which installs its
// check here. Primitives never get this far (Delayed.ts).
import { Handle, isForeignHandle } from "./Handle.ts"
import { refuse } from "./refuse.ts"
import type { TaskFunctionEntry } from "./TaskFunction.ts"

/** Why a value cannot cross, and where in it: a path such as `.items[3]`, empty for the value itself. */
export interface InputProblem {
  readonly path: string
  readonly reason: string
}

/** Says why a value cannot be an input of a task function that runs on a worker, or undefined if it can. */
export type InputCheck = (value: unknown, fn: TaskFunctionEntry) => InputProblem | undefined

let check: InputCheck | undefined

/** Installs what knows which values can cross to a worker. Until then only the place of handles is checked. */
export const setInputCheck = (inputCheck: InputCheck | undefined): void => {
  check = inputCheck
}

// A large value that many tasks are given is looked through once: rules say that it does not change after the call.
const large = 64
const withoutHandles = new WeakSet<object>()
const crossing = new WeakSet<object>()

/**
 * The input to keep for an argument that is no primitive: itself, or a copy if it is an array that holds handles (what
 * the user does to the array later must not change the graph). `place` names the argument in errors: "input 2".
 */
export const checkInput = (input: unknown, fn: TaskFunctionEntry, place: string): unknown => {
  if (input instanceof Handle || typeof input === "object" && input !== null && isKnown(input, fn)) return input
  if (!Array.isArray(input) || !input.some(isHandle)) {
    checkValue(input, fn, place)
    return input
  }
  const items: ReadonlyArray<unknown> = input.slice()
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (!isPrimitive(item) && !(item instanceof Handle)) checkValue(item, fn, `${place}: [${i}]`)
  }
  return items
}

/** Whether a value needs no check at all. Functions and symbols do: they cannot cross. */
export const isPrimitive = (value: unknown): boolean => {
  const type = typeof value
  return type !== "object" && type !== "function" && type !== "symbol" || value === null
}

const isHandle = (value: unknown): boolean => value instanceof Handle

/** Whether an object was found right before, as far as this function needs it. */
const isKnown = (value: object, fn: TaskFunctionEntry): boolean =>
  fn.kind === "closure" ? withoutHandles.has(value) : crossing.has(value)

const checkValue = (value: unknown, fn: TaskFunctionEntry, place: string): void => {
  const size = typeof value === "object" && value !== null ? refuseHandles(value, place) : 0
  if (fn.kind === "closure" || check === undefined) return
  const problem = check(value, fn)
  if (problem !== undefined) {
    const path = problem.path === "" ? place : join(place, problem.path)
    throw refuse("NotTransferable", { path, reason: problem.reason })
  }
  if (size >= large) crossing.add(value as object)
}

const join = (place: string, path: string): string => place.endsWith("]") ? place + path : `${place}: ${path}`

/** Where a handle is inside a value; undefined if there is none. */
export const handlePlace = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null && handlesIn(value) < 0 ? locate(value).path : undefined

/** Refuses a value that has handles inside; otherwise says how large it is. */
const refuseHandles = (root: object, place: string): number => {
  const size = handlesInReadable(root)
  if (size >= large) withoutHandles.add(root)
  if (size >= 0) return size
  const found = locate(root)
  const path = found.path === "" ? place : join(place, found.path)
  const reason = isForeignHandle(found.handle)
    ? "this handle was made by another copy of Poniard: the package is installed or loaded twice"
    : "a handle is looked for among the inputs and one level deep in an array, not here. "
      + "Join what belongs together: all({ items: all([a, b]) }) is itself a handle, and may hold others"
  throw refuse("GraphInvalid", { path, reason })
}

/** Like handlesIn; 0 if a getter throws or the like, of which the codec says where and why. */
const handlesInReadable = (root: object): number => {
  try {
    return handlesIn(root)
  } catch {
    return 0
  }
}

/** How many members a value has in all, or -1 if a handle is among them. */
const handlesIn = (root: object): number => {
  if (!isContainer(root)) return isStray(root) ? -1 : 0
  const stack: Array<object> = []
  let count = pushMembers(root, stack)
  if (stack.length === 0) return count
  const seen = new Set([root])
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (isContainer(value)) {
      if (seen.has(value)) continue
      seen.add(value)
      count += pushMembers(value, stack)
    } else if (isStray(value)) return -1
  }
  return count
}

const isStray = (value: object): boolean => value instanceof Handle || isForeignHandle(value)

/** What is looked into: plain objects, arrays, maps and sets. Of other classes only the codec knows the inside. */
const isContainer = (value: object): boolean => {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null || value instanceof Map || value instanceof Set
}

/** Puts the members that are objects on the stack and says how many members of any kind there are. */
const pushMembers = (value: object, stack: Array<object>): number => {
  const push = (member: unknown): void => {
    if (typeof member === "object" && member !== null) stack.push(member)
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) push(value[i])
    return value.length
  }
  if (value instanceof Map) {
    value.forEach((member, key) => {
      push(key)
      push(member)
    })
    return value.size
  }
  if (value instanceof Set) {
    value.forEach(push)
    return value.size
  }
  const keys = Object.keys(value)
  for (const key of keys) push((value as Record<string, unknown>)[key])
  return keys.length
}

interface Found {
  readonly path: string
  readonly handle: object
}

/** Where the first handle is. Walks again, now with paths, as somebody will read this. */
const locate = (root: object): Found => {
  const queue: Array<Found> = [{ path: "", handle: root }]
  const seen = new Set<object>()
  for (const { handle: value, path } of queue) {
    if (isStray(value)) return { path, handle: value }
    if (seen.has(value) || !isContainer(value)) continue
    seen.add(value)
    for (const [step, member] of members(value)) {
      if (typeof member === "object" && member !== null) queue.push({ path: path + step, handle: member })
    }
  }
  return { path: "", handle: root }
}

const members = (value: object): Array<readonly [step: string, member: unknown]> => {
  if (Array.isArray(value)) return value.map((item, i) => [`[${i}]`, item] as const)
  if (value instanceof Set) return Array.from(value, (item, i) => [`<item ${i} of the Set>`, item] as const)
  if (value instanceof Map) {
    return Array.from(value).flatMap(([key, item], i) => [
      [`<key ${i} of the Map>`, key] as const,
      [typeof key === "string" ? `.get(${JSON.stringify(key)})` : `<value ${i} of the Map>`, item] as const
    ])
  }
  return Object.entries(value).map(([key, item]) => [
    /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`,
    item
  ])
}
