// A row of results: what one benchmark measured for one case, as it is printed and as it goes out with --json.
// Not a judgement: limits and targets are in bench/README.md, and no row passes or fails.

/** What parameters of a case may be: they become fields of the JSON line. */
export type Parameters = Readonly<Record<string, string | number>>

/** One line of output. `samples` is their number; `ratio` is this row's median divided by the median of `against`. */
export interface Row {
  readonly bench: string
  readonly case: string
  readonly unit: string
  readonly min: number
  readonly median: number
  readonly max: number
  readonly samples: number
  readonly ratio?: number
  readonly against?: string
  readonly parameters: Parameters
}

/** The middle of the values; the mean of the two in the middle if their number is even. NaN if there are none. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

/** The value with four significant digits: more would be noise. */
export const rounded = (value: number): number => Number(value.toPrecision(4))

/** A row from samples. With `against`, the ratio is taken to the median of those samples of the same run. */
export const rowOf = (
  what: { readonly bench: string; readonly case: string; readonly unit: string; readonly parameters: Parameters },
  values: ReadonlyArray<number>,
  against?: { readonly name: string; readonly values: ReadonlyArray<number> }
): Row => ({
  bench: what.bench,
  case: what.case,
  unit: what.unit,
  min: rounded(Math.min(...values)),
  median: rounded(median(values)),
  max: rounded(Math.max(...values)),
  samples: values.length,
  ...(against === undefined ? {} : { ratio: rounded(median(values) / median(against.values)), against: against.name }),
  parameters: what.parameters
})

/** The row as one JSON object on one line, its parameters as fields of their own. */
export const toJson = (row: Row): string => {
  const { parameters, ...fields } = row
  return JSON.stringify({ ...fields, ...parameters })
}
