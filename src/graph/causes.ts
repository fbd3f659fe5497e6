// How a foreign failure is told in a message: what was thrown, whatever it was. Light: workers print causes too.

/** What was thrown, in a line or, for an Error with causes of its own, a few. Never throws, whatever it is. */
export const describeCause = (cause: unknown): string => {
  try {
    return describe(cause)
  } catch {
    return "something was thrown that cannot be shown"
  }
}

/** The stack of what was thrown, or nothing. Never throws. */
export const stackOf = (cause: unknown): string => {
  try {
    return cause instanceof Error && typeof cause.stack === "string" ? cause.stack : ""
  } catch {
    return ""
  }
}

const describe = (cause: unknown): string => {
  if (!(cause instanceof Error)) return describeThrown(cause)
  const inner = cause.cause
  const own = `${cause.name}: ${cause.message}`
  return inner instanceof Error ? `${own}\n  Caused by: ${inner.name}: ${inner.message}` : own
}

const describeThrown = (cause: unknown): string => {
  if (typeof cause === "string") return cause
  if (typeof cause !== "object" || cause === null) return `${String(cause)} was thrown`
  const { _tag: tag, message } = cause as { readonly _tag?: unknown; readonly message?: unknown }
  const name = typeof tag === "string" ? tag : Object.getPrototypeOf(cause)?.constructor?.name ?? "an object"
  return typeof message === "string" ? `${name}: ${message}` : `${name} was thrown, which is no Error`
}

/** Lines with white space before each. */
export const indent = (lines: ReadonlyArray<string>, by: string): string => lines.map((line) => by + line).join("\n")
