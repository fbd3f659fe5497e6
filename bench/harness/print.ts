// Puts rows on the terminal: a table for people, or one JSON object per line. Remarks go to stderr with --json, so that
// stdout is rows only. Not for progress: a benchmark is silent while its clock runs.
import { loadavg } from "node:os"
import { type Row, toJson } from "./Row.ts"

/** The machine's load averages over 1, 5 and 15 minutes, as text: what else ran beside. */
export const load = (): string => loadavg().map((value) => value.toFixed(2)).join(" ")

const cells = (row: Row): ReadonlyArray<string> => [
  row.case,
  Object.entries(row.parameters).map(([name, value]) => `${name}=${value}`).join(" "),
  row.unit,
  String(row.min),
  String(row.median),
  String(row.max),
  String(row.samples),
  row.ratio === undefined ? "" : `${row.ratio} x ${row.against}`
]

/** The rows as a table with a heading, columns aligned. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const lines = [["case", "with", "unit", "min", "median", "max", "n", "ratio"], ...rows.map(cells)]
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  const isNumber = (column: number) => column >= 3 && column <= 6
  return lines.map((line) =>
    line.map((cell, column) => isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]))
      .join("  ").trimEnd()
  ).join("\n")
}

/** Where rows and remarks of one benchmark go; `end` prints what was kept back for the table. */
export interface Printer {
  readonly row: (row: Row) => void
  readonly note: (text: string) => void
  readonly end: () => void
}

/** JSON lines as they come. */
export const jsonPrinter: Printer = {
  row: (row) => console.log(toJson(row)),
  note: (text) => console.error(text),
  end: () => undefined
}

/** A table at the end, with the load of the machine when the benchmark began and ended. */
export const tablePrinter = (name: string, about: string): Printer => {
  const rows: Array<Row> = []
  const started = load()
  console.log(`\n${name}: ${about}`)
  return {
    row: (row) => {
      rows.push(row)
    },
    note: (text) => console.log(`  ${text}`),
    end: () => {
      if (rows.length > 0) console.log(table(rows))
      console.log(`load average: ${started} at the start, ${load()} at the end`)
    }
  }
}
