import { explainFailure, kindOf, live } from "./live.ts"
import { planOf } from "./Plan.ts"
const from = Number(process.argv[2]), to = Number(process.argv[3] ?? from)
const t = performance.now()
const kinds = new Map<string, Array<number>>()
for (let seed = from; seed <= to; seed++) {
  try {
    live(planOf(seed))
  } catch (e) {
    const k = kindOf(String((e as Error).message)).slice(0, 150)
    kinds.set(k, [...(kinds.get(k) ?? []), seed])
  }
}
console.log(
  `${[...kinds.values()].flat().length} of ${to - from + 1} broken, ${((performance.now() - t) / 1000).toFixed(1)} s`
)
for (const [k, seeds] of [...kinds].sort((a, b) => b[1].length - a[1].length)) {
  console.log(seeds.length, k, seeds.slice(0, 5).join(","))
}
if (to === from) console.log(explainFailure(from))
