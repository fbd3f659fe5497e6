// Task Bench's patterns against the counts of the original program (reference/task-bench.md, its table of golden values),
// and the arithmetic of METG. Not the measuring: nothing here is timed.
import { assert, describe, it } from "vitest"
import { metgOf } from "../../bench/metg/granularity.ts"
import { planOf } from "../../bench/metg/Plan.ts"
import { codeOf, loadCode, outputOf, placeOf, point } from "../../bench/metg/point.ts"
import { randomNumber } from "../../bench/metg/randomNumber.ts"
import { inputsOf, offsetAt, type Pattern, taskGraph, widthAt } from "../../bench/metg/TaskGraph.ts"

const golden: ReadonlyArray<[Pattern, a: [tasks: number, inputs: number], b: [tasks: number, inputs: number]]> = [
  ["trivial", [64, 0], [160, 0]],
  ["no_comm", [64, 56], [160, 144]],
  ["stencil_1d", [64, 154], [160, 414]],
  ["stencil_1d_periodic", [64, 168], [160, 432]],
  ["dom", [20, 28], [30, 45]],
  ["tree", [47, 46], [111, 110]],
  ["fft", [64, 138], [160, 370]],
  ["all_to_all", [64, 448], [160, 2304]],
  ["nearest", [64, 238], [160, 666]],
  ["spread", [64, 168], [160, 720]],
  ["random_nearest", [64, 96], [160, 381]]
]

const a = (pattern: Pattern) =>
  taskGraph(pattern, { width: 8, steps: 8, radix: pattern.endsWith("nearest") ? 5 : 3, fraction: 0.25 })
const b = (pattern: Pattern) => taskGraph(pattern, { width: 16, steps: 10, radix: 5, fraction: 0.5 })

const counted = (graph: ReturnType<typeof a>): [tasks: number, inputs: number] => {
  let tasks = 0
  let inputs = 0
  for (let step = 0; step < graph.steps; step++) {
    const first = offsetAt(graph, step)
    for (let column = first; column < first + widthAt(graph, step); column++) {
      tasks++
      inputs += inputsOf(graph, step, column).length
    }
  }
  return [tasks, inputs]
}

const atThree = (pattern: Pattern, column: number): Array<number> => [...inputsOf(a(pattern), 3, column)]

describe("Task Bench's patterns", () => {
  it.each(golden)("%s has as many tasks and inputs as in the original", (pattern, ofA, ofB) => {
    assert.deepStrictEqual(counted(a(pattern)), ofA)
    assert.deepStrictEqual(counted(b(pattern)), ofB)
  })

  it("take the inputs of the original at step 3", () => {
    assert.deepStrictEqual(atThree("no_comm", 5), [5])
    assert.deepStrictEqual([atThree("stencil_1d", 0), atThree("stencil_1d", 7)], [[0, 1], [6, 7]])
    assert.deepStrictEqual([atThree("stencil_1d_periodic", 0), atThree("stencil_1d_periodic", 7)], [[0, 1, 7], [
      6,
      7,
      0
    ]])
    assert.deepStrictEqual([3, 4, 5, 6].map((i) => atThree("dom", i)), [[2, 3], [3, 4], [4], []])
    assert.deepStrictEqual([0, 1, 2, 3, 7].map((i) => atThree("tree", i)), [[0], [0], [1], [1], [3]])
    assert.deepStrictEqual([0, 1, 7].map((i) => atThree("fft", i)), [[0, 4], [1, 5], [3, 7]])
    assert.deepStrictEqual([0, 3, 7].map((i) => atThree("nearest", i)), [[0, 1, 2], [1, 2, 3, 4, 5], [5, 6, 7]])
    assert.deepStrictEqual([0, 1, 2, 3, 4].map((i) => atThree("spread", i)), [
      [0, 2, 5],
      [1, 3, 6],
      [2, 4, 7],
      [3, 5, 0],
      [4, 6, 1]
    ])
    assert.deepStrictEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => atThree("random_nearest", i)), [
      [0],
      [1],
      [2, 4],
      [3, 4, 5],
      [3, 4],
      [5, 6, 7],
      [4, 6, 7],
      [7]
    ])
  })

  it("draw the random numbers of the original", () => {
    assert.strictEqual(randomNumber(0, 5, 0, 0, 0), 0.5633093019704495)
    assert.strictEqual(randomNumber(0, 0, 0), 0.9371420686236756)
  })

  it("refuse a graph that the original refuses", () => {
    assert.throws(() => taskGraph("fft", { width: 1, steps: 4 }), /fft needs a width of 2/)
    assert.throws(() => taskGraph("spread", { width: 8, steps: 4, radix: 5, period: 3 }), /period 3/)
  })
})

describe("a task of Task Bench", () => {
  const graph = taskGraph("stencil_1d", { width: 4, steps: 4 })
  const run = (bytes: number, ...inputs: ReadonlyArray<Int32Array | number>) =>
    point(codeOf(graph), placeOf(2, 1), loadCode({ kernel: "compute_bound", iterations: 2, bytes }), ...inputs)
  const outputs = (bytes: number, step: number, ...columns: Array<number>) =>
    columns.map((column) => outputOf(bytes, step, column))

  it.each([0, 16, 64])("gives its step and column in %i bytes when its inputs are right", (bytes) => {
    assert.deepStrictEqual(run(bytes, ...outputs(bytes, 1, 0, 1, 2)), outputOf(bytes, 2, 1))
  })

  it.each([0, 16, 64])("refuses an input of another task, in %i bytes", (bytes) => {
    assert.throws(() => run(bytes, ...outputs(bytes, 1, 0, 1, 3)), /wrong result/)
    assert.throws(() => run(bytes, ...outputs(bytes, 0, 0, 1, 2)), /wrong result/)
    assert.throws(() => run(bytes, ...outputs(bytes, 1, 0, 1)), /wrong result: 2 inputs/)
  })

  it("looks at every input in full", () => {
    for (let word = 0; word < 16; word++) {
      const [left, middle, right] = outputs(64, 1, 0, 1, 2) as Array<Int32Array>
      right[word] ^= 1 << 20
      assert.throws(() => run(64, left, middle, right), /wrong result/)
    }
  })

  it("does the work of memory_bound in memory of its own", () => {
    const load = loadCode({ kernel: "memory_bound", iterations: 5000, bytes: 16 })
    assert.deepStrictEqual(point(codeOf(graph), placeOf(0, 1), load), outputOf(16, 0, 1))
  })

  it("is wanted if nobody takes it", () => {
    assert.deepStrictEqual(planOf(graph).wanted, [12, 13, 14, 15])
    assert.strictEqual(planOf(taskGraph("trivial", { width: 4, steps: 4 })).wanted.length, 16)
    assert.strictEqual(planOf(taskGraph("tree", { width: 8, steps: 6 })).wanted.length, 8 + 4 + 4)
  })
})

describe("METG(50 %)", () => {
  const setting = { tasks: 1000, cores: 2, peak: 1000, work: (iterations: number) => iterations }

  it("lies on the line between the last point over one half and the first one under it", () => {
    // 8 iterations: 8 ms of 10, 80 %; 4: 4 of 6, 67 %; 2: 2 of 4.5, 44 %
    const points = [{ iterations: 8, ms: 10 }, { iterations: 4, ms: 6 }, { iterations: 2, ms: 4.5 }]
    assert.approximately(metgOf(points, setting), 9 + (0.5 - 2 / 4.5) / (4 / 6 - 2 / 4.5) * (12 - 9), 1e-9)
  })

  it("is the last point over one half when the next one is no better", () => {
    assert.strictEqual(metgOf([{ iterations: 8, ms: 10 }, { iterations: 4, ms: 11 }], setting), 20)
    assert.strictEqual(metgOf([{ iterations: 8, ms: 10 }], setting), 20)
  })

  it("is infinite when no point reaches one half", () => {
    assert.strictEqual(metgOf([{ iterations: 8, ms: 17 }], setting), Infinity)
  })
})
