import { Effect } from "effect"
import { collect, delayed, Engine } from "poniard"
import { dies } from "../modules/crossing.ts"
import { throws } from "../modules/failing.ts"
if (import.meta.main) {
const p = Effect.gen(function*() {
 for (const w of ["function","getter"] as const) console.dir((yield* Effect.flip(collect(delayed(dies)(w))) as any).cause)
 for (const w of ["function","getter","noText","badMessage","instance","bare","proxy","badStack","badName","aggregate"] as const) { const e = (yield* Effect.flip(collect(delayed(throws)(w))) as any); console.log(w, e.message); console.dir(e.cause) }
})
await Effect.runPromise(Effect.provide(p, Engine.layer({ threads: 1 })) as any)
}
