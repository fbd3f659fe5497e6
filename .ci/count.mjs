// Sums the JSON reports that vitest left in .report and prints `N passed, N failed` as the last line.
// Arguments are NAME=EXIT, one for each run. A run that failed without a failed test to show for it (a type error, the
// linter, a crash, no report) counts as one failure. Plain JavaScript, so that a system's older Node runs it too.
import { existsSync, readFileSync } from "node:fs"

let passed = 0
let failed = 0
for (const argument of process.argv.slice(2)) {
  const [name, exit] = argument.split("=")
  const file = new URL(`../.report/${name}.json`, import.meta.url)
  const report = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined
  const failedTests = report?.numFailedTests ?? 0
  const failedHere = exit === "0" && report === undefined ? 1 : Math.max(failedTests, exit === "0" ? 0 : 1)
  const why = report === undefined ? ": no report, so it failed before its tests" : ""
  console.log(`${name}: ${report?.numPassedTests ?? 0} passed, ${failedHere} failed, exit ${exit}${why}`)
  passed += report?.numPassedTests ?? 0
  failed += failedHere
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
