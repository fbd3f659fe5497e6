// The worker's light path: what a worker loads at its start, before any task needs Effect.
// Followed here over the sources; that Node itself then loads no Effect is tested in tidy.test.ts.
import type { Complaint, House, Rule } from "./House.ts"
import { isEffect } from "./importRules.ts"

/** The files that a worker starts with, of those that there are. */
const lightRoots = (house: House): ReadonlyArray<string> =>
  [house.exports.get("poniard-worker"), "src/worker/entry.ts"]
    .filter((path) => path !== undefined && house.sources.has(path)) as Array<string>

/** The rule: nothing reachable by imports that load at once imports Effect at run time. */
export const lightPath: Rule = {
  name: "a worker starts without Effect",
  *check(house) {
    const seen = new Set<string>()
    for (const root of lightRoots(house)) yield* follow(house, root, [], seen)
  }
}

function* follow(house: House, path: string, from: ReadonlyArray<string>, seen: Set<string>): Iterable<Complaint> {
  if (seen.has(path)) return
  seen.add(path)
  const way = [...from, path]
  for (const { kind, line, specifier, target } of house.sources.get(path)?.imports ?? []) {
    if (kind !== "value") continue
    if (target !== undefined) yield* follow(house, target, way, seen)
    else if (isEffect(specifier) || specifier.startsWith("@effect/")) {
      const says = `loads ${specifier} at a worker's start, by ${
        way.join(" > ")
      }: import its types only, load it lazily`
      yield { file: path, line, says }
    }
  }
}
