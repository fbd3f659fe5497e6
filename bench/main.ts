// `npm run bench -- [names] [--quick] [--json] [--samples N] [--threads N] [--profile] [--PARAMETER values]`.
// Runs the benchmarks named, or all of them, one after the other. What each figure means is in bench/README.md.
import type { Bench, Given } from "./harness/Bench.ts"
import { jsonPrinter, type Printer, tablePrinter } from "./harness/print.ts"
import { type Flags, readFlags } from "./harness/readFlags.ts"
import { latency } from "./latency/latency.ts"
import { loop } from "./loop/loop.ts"
import { memory } from "./memory/memory.ts"
import { metg } from "./metg/metg.ts"
import { overhead } from "./overhead/overhead.ts"
import { rivals } from "./rivals.ts"
import { spill } from "./spill/spill.ts"
import { transfer } from "./transfer/transfer.ts"

const benches: ReadonlyArray<Bench> = [overhead, rivals, latency, transfer, metg, memory, loop, spill]

const usage = (): string =>
  [
    "npm run bench -- [names] [--quick] [--json] [--samples N] [--threads N] [--profile] [--PARAMETER value,value]",
    ...benches.flatMap((bench) => [
      `  ${bench.name}: ${bench.about}`,
      ...Object.entries(bench.parameters).map(([name, allowed]) =>
        `    --${name} ${allowed === "number" ? "N" : allowed.join(",")}`
      )
    ])
  ].join("\n")

const givenTo = (bench: Bench, flags: Flags, printer: Printer): Given => ({
  quick: flags.quick,
  samples: flags.samples ?? (flags.quick ? 5 : bench.samples ?? 7),
  threads: flags.threads,
  profile: flags.profile,
  texts: (parameter, usual) => flags.narrowed.get(parameter) ?? usual,
  numbers: (parameter, usual) => flags.narrowed.get(parameter)?.map(Number) ?? usual,
  row: printer.row,
  note: printer.note
})

/** Runs one benchmark and prints its rows; one that fails says so and lets the next ones run. */
const runOne = async (bench: Bench, flags: Flags): Promise<boolean> => {
  const printer = flags.json ? jsonPrinter : tablePrinter(bench.name, bench.about)
  try {
    await bench.run(givenTo(bench, flags, printer))
    return true
  } catch (error) {
    console.error(`${bench.name} failed:`, error)
    return false
  } finally {
    printer.end()
  }
}

const main = async (): Promise<void> => {
  const flags = readFlags(process.argv.slice(2), benches)
  if (flags.help) return console.log(usage())
  for (const bench of benches.filter((bench) => flags.names.includes(bench.name))) {
    if (!await runOne(bench, flags)) process.exitCode = 1
  }
}

try {
  await main()
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage()}`)
  process.exitCode = 2
}
