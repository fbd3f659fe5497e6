import { poniard } from "./transfer/poniard.ts"
import { sweep } from "./harness/interleave.ts"
import { setTimeout } from "node:timers/promises"
const c = await poniard(2)
for (const mib of [1, 100]) for (const [gc, ms] of [[false, 0], [true, 0], [true, 20], [false, 20],[false, 0], [true, 0], [true, 20], [false, 20]] as const) {
  const us: number[] = [], same: number[] = []
  for (let i = 0; i < (mib === 1 ? 60 : 15); i++) {
    if (gc) sweep()
    if (ms) await setTimeout(ms)
    const seen = await c.carry("alloc", mib * 131072)
    us.push(seen.find((s) => s.from !== s.to)?.us ?? NaN)
    same.push(seen.find((s) => s.from === s.to)?.us ?? NaN)
  }
  const f = (a: number[]) => a.slice(-15).map((x) => x.toFixed(0)).join(" ")
  console.log(mib, "gc", gc, ms, "other:", f(us), " same:", f(same))
}
await c.close()
