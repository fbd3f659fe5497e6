// Runs claims under plain Node, without a test runner: `node main.ts CLAIMS [TRANSPORT]`. Prints a line for each claim
// and ends with 1 if one does not hold.
import { Cause, Console, Effect, Exit } from "effect"
import { Engine } from "poniard"
import { unlessItHangs } from "../hangs.ts"
import type { Claims } from "./Claim.ts"

const [file, transport] = process.argv.slice(2)

const suites: { readonly [name: string]: () => Promise<Claims> } = {
  code: () => import("./codeClaims.ts").then(({ codeClaims }) => codeClaims),
  codeErrors: () => import("./codeErrorClaims.ts").then(({ codeErrorClaims }) => codeErrorClaims),
  crossing: () => import("./crossingClaims.ts").then(({ crossingClaims }) => crossingClaims),
  failure: () => import("./failureClaims.ts").then(({ failureClaims }) => failureClaims)
}

const runAll = (claims: Claims): Effect.Effect<number, never, Engine> =>
  Effect.gen(function*() {
    let failed = 0
    for (const [title, claim] of Object.entries(claims)) {
      const exit = yield* Effect.exit(unlessItHangs(Effect.scoped(claim())))
      if (Exit.isFailure(exit)) failed++
      yield* Console.log(Exit.isSuccess(exit) ? `ok ${title}` : `not ok ${title}\n${Cause.pretty(exit.cause)}`)
    }
    return failed
  })

if (import.meta.main) {
  const engine = Engine.layer({
    threads: 2,
    memory: "16 MiB",
    check: true,
    transport: transport === "bytes" ? "bytes" : "thread"
  })
  const claims = await suites[file]()
  process.exitCode = await Effect.runPromise(Effect.provide(runAll(claims), engine)) === 0 ? 0 : 1
}
