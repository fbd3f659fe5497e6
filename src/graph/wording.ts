// Words that several error messages need: what a value is, and which known name a wrong one was meant to be.

/** A value in a few words for an error message: its type and, if short, its text. */
export const describe = (value: unknown): string => {
  if (value === null) return "null"
  switch (typeof value) {
    case "undefined":
      return "undefined"
    case "string":
      return `the text ${JSON.stringify(value.length > 40 ? value.slice(0, 40) + "..." : value)}`
    case "number":
    case "boolean":
    case "bigint":
      return `the ${typeof value} ${String(value)}`
    case "symbol":
      return "a symbol"
    case "function":
      return `the function ${value.name || "(anonymous)"}`
    default: {
      const name = Object.getPrototypeOf(value)?.constructor?.name
      return Array.isArray(value)
        ? `an array of ${value.length}`
        : name === "Object" || !name
        ? "an object"
        : `a ${name}`
    }
  }
}

/** The known name closest to a given one, if any is close enough to have been meant. */
export const nearest = (name: string, known: ReadonlyArray<string>): string | undefined => {
  let best: string | undefined
  let least = Math.max(2, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase())
    if (edits < least) {
      best = candidate
      least = edits
    }
  }
  return best
}

/** Levenshtein's distance: how many letters to insert, remove or change to get from one text to the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[b.length]
}
