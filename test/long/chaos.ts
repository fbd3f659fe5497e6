// Random graphs for the soak: tasks of every kind, and what each gives by a plain loop, or that it fails because it or
// something before it does.
import { assert } from "@effect/vitest"
import { Cause, Exit, Schedule } from "effect"
import { type Delayed, delayed, type TaskError } from "poniard"
import { fold, kinds, pair, spawns } from "../engine/modules/anyKind.ts"
import type { Random } from "../sim/Random.ts"
import { chaos, ON_PURPOSE } from "./chaosTasks.ts"

type Plain = Exclude<keyof typeof kinds, "promise" | "effect" | "throws" | "stalls" | "exits">

// A kind that comes more often stands here more often.
const usual: ReadonlyArray<Plain | "getResult" | "pair"> = [
  "number",
  "text",
  "object",
  "large",
  "few",
  "plain",
  "alloc",
  "odd",
  "same",
  "part",
  "getResult",
  "pair"
]
const big: ReadonlyArray<"bigAlloc" | "bigPlain" | "wastes"> = ["bigAlloc", "bigPlain", "wastes"]
const numeric: ReadonlyArray<"promise" | "effect" | "throws" | "stalls" | "exits" | "spawns"> = [
  "promise",
  "effect",
  "spawns",
  "throws",
  "throws",
  "stalls"
]

type Kind = typeof usual[number] | typeof big[number] | typeof numeric[number] | "fails"

/** A task and what it gives: undefined in `value` and true in `fails` if it cannot give anything. */
export interface Made {
  readonly task: Delayed<unknown, TaskError>
  readonly value: unknown
  readonly fails: boolean
}

const again = { retry: Schedule.recurs(1000) }

const optionsOf = (kind: Kind): object =>
  kind === "stalls"
    ? { ...again, timeout: "20 millis" }
    : kind === "throws" || kind === "exits"
    ? again
    : kind === "getResult"
    ? { getResult: true }
    : {}

const isIn = <A extends string>(all: ReadonlyArray<A>, kind: string): kind is A => all.includes(kind as A)

/** What a kind gives, by a plain call. */
const valueOf = (kind: Exclude<Kind, "pair" | "fails">, salt: number, values: ReadonlyArray<unknown>): unknown => {
  if (isIn(big, kind)) return chaosValue(kind, salt, values)
  const number = kinds.number(salt, ...values)
  if (kind === "spawns") return kinds.number(fold(number))
  if (kind === "exits" || isIn(numeric, kind)) return number
  return kinds[kind === "getResult" ? "plain" : kind](salt, ...values)
}

const chaosValue = (kind: typeof big[number], salt: number, values: ReadonlyArray<unknown>): unknown =>
  kind === "wastes"
    ? (chaos.bigPlain(salt, ...values) as Float64Array).slice(0, 700)
    : chaos.bigPlain(salt, ...values)

const functionOf = (kind: Exclude<Kind, "pair">) =>
  kind === "getResult"
    ? kinds.plain
    : kind === "spawns"
    ? spawns
    : kind === "fails" || isIn(big, kind)
    ? chaos[kind]
    : kinds[kind]

const make = (kind: Kind, salt: number, inputs: ReadonlyArray<Made>): ReadonlyArray<Made> => {
  const tasks = inputs.map(({ task }) => task)
  const values = inputs.map(({ value }) => value)
  const inherits = inputs.some((input) => input.fails)
  if (kind === "pair") {
    const outputs = delayed(pair, { outputs: 2 })(salt, ...tasks) as unknown as ReadonlyArray<
      Delayed<unknown, TaskError>
    >
    const both = inherits ? [] : pair(salt, ...values)
    return outputs.map((task, i) => ({ task, value: both[i], fails: inherits }))
  }
  const task = delayed(functionOf(kind), optionsOf(kind))(salt, ...tasks) as Delayed<unknown, TaskError>
  if (inherits || kind === "fails") return [{ task, value: undefined, fails: true }]
  return [{ task, value: valueOf(kind, salt, values), fails: false }]
}

const kindOf = (random: Random): Kind => {
  const at = random.next()
  if (at < 0.003) return "exits"
  if (at < 0.006) return "fails"
  if (at < 0.1) return random.pick(numeric)
  return at < 0.3 ? random.pick(big) : random.pick(usual)
}

/** A graph of `size` tasks, each with inputs among the last `reach` values. */
export const graphOf = (random: Random, size: number, reach: number): ReadonlyArray<Made> => {
  const made: Array<Made> = [...make("number", 1, []), ...make("plain", 2, [])]
  while (made.length < size) {
    const inputs = Array.from(
      { length: random.between(1, 3) },
      () => made[Math.max(0, made.length - random.between(1, reach))]
    )
    made.push(...make(kindOf(random), random.between(1, 1000), inputs))
  }
  return made
}

/** What came of a task is what the plain loop gave. */
export const checkOne = ({ fails, value }: Made, exit: Exit.Exit<unknown, unknown>, where: string): void => {
  if (!fails) return assert.deepStrictEqual(exit, Exit.succeed(value), where)
  assert.isTrue(Exit.isFailure(exit), where)
  if (Exit.isFailure(exit)) assert.include(Cause.pretty(exit.cause), ON_PURPOSE, where)
}
