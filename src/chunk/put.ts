// Sets a property by a name that comes from data: `__proto__`, or one that the prototype has a setter for, must not do
// more than that.

/** Sets an own enumerable property, whatever its name. */
export const put = (o: object, name: string, value: unknown): void => {
  if (name in o && !Object.hasOwn(o, name)) {
    Object.defineProperty(o, name, { value, enumerable: true, configurable: true, writable: true })
  } else (o as Record<string, unknown>)[name] = value
}
