// The command line around the job: flags in, one result or one message out. The graph of tasks is in describe.ts, what
// the threads run in tasks.ts. It is started by ../index-folder.ts.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { explain } from "./explain.ts"
import { indexFolder } from "./indexFolder.ts"
import { showJson, showResult, showSkips, showTrouble } from "./report.ts"
import { flags } from "./Settings.ts"
import type { Settings } from "./Settings.ts"

const main = Effect.fnUntraced(function*(settings: Settings) {
  const result = yield* indexFolder(settings).pipe(
    Effect.mapError((error) => new CliError.UserError({ cause: error, userMessage: explain(error, settings) }))
  )
  if (result.skipped.length > 0) yield* Console.error(showSkips(result.skipped))
  if (result.trouble !== undefined) yield* Console.error(showTrouble(result.trouble, result.numbers))
  if (settings.json) process.stdout.write(`${showJson(result)}\n`)
  else yield* Console.log(showResult(result))
})

// With --json nothing but the result goes to standard output: not even the help that follows a bad flag.
const output: Console.Console = process.argv.includes("--json") ? { ...console, log: console.error } : console

Command.make("index-folder", flags, main).pipe(
  Command.withDescription("Indexes all words of the text files below a folder, with little memory and on all cores."),
  Command.run({ version: "0.1.0" }),
  Effect.provideService(Console.Console, output),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
