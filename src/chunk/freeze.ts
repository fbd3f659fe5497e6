// With `check: true`: plain objects and arrays that tasks of one thread share are frozen, so that a function that writes
// to one throws where it does. Class instances, maps, sets and typed arrays are left as they are.

/** Whether it is a plain object or an array. */
export const isPlainObject = (value: object): boolean => {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Freezes plain objects and arrays, and those inside them. */
export const freeze = (root: unknown): void => {
  const stack: Array<unknown> = [root]
  for (let value = stack.pop(); value !== undefined || stack.length > 0; value = stack.pop()) {
    if (typeof value !== "object" || value === null || Object.isFrozen(value) || !isPlainObject(value)) continue
    Object.freeze(value)
    for (const key of Object.keys(value)) stack.push((value as Record<string, unknown>)[key])
  }
}
