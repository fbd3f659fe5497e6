// Which tasks become one, and what that one is: the pure rule, and the lowering of a whole graph. What comes of running
// them is in test/engine/fuse.test.ts.
import { assert, describe, it } from "@effect/vitest"
import { Schedule } from "effect"
import { all } from "../../src/graph/all.ts"
import { callMember, chainLabel, ownerOf, readParts } from "../../src/graph/chain.ts"
import { delayed, DelayedNode, MANY, type OutputNode } from "../../src/graph/Delayed.ts"
import { Chains, fuse, MOST_MEMBERS, type StandInNode } from "../../src/graph/fuse.ts"
import { label, Lowering, type Slice } from "../../src/graph/lower.ts"
import type { LowerHost } from "../../src/graph/LowerHost.ts"
import { Task } from "../../src/graph/Task.ts"

const { add, inc, sum, zero } = Task.module("file:///fuse.ts", {
  zero: (): number => 0,
  inc: (x: number): number => x + 1,
  add: (a: number, b: number): number => a + b,
  sum: (xs: ReadonlyArray<number>): number => xs.reduce((a, b) => a + b, 0)
})

const nodeOf = (handle: unknown): DelayedNode => handle as DelayedNode
const always = (): boolean => true
const fused = (handle: unknown, chains = new Chains(always), isFree: (node: DelayedNode) => boolean = always) =>
  fuse(nodeOf(handle), chains, isFree)
const namesOf = (chain: StandInNode | undefined): ReadonlyArray<string> | undefined =>
  chain?.template.fn.parts?.map(({ fn }) => fn.name)

/** What a chain of plain functions gives, as processors run it. */
const valueOf = ({ inputs, template: { fn: { parts } } }: StandInNode): unknown =>
  parts!.reduce<unknown>((value, part) => callMember(part.fn.call!, part, inputs, value), undefined)

describe("tasks that follow each other, each used only by the next", () => {
  it("become one whose inputs are theirs, without what they hand on", () => {
    const last = delayed(add)(10, delayed(add)(delayed(inc)(1), 100))
    const chain = fused(last)!
    assert.strictEqual(chain.last, nodeOf(last))
    assert.deepStrictEqual(chain.inputs, [1, 100, 10])
    assert.deepStrictEqual(
      chain.template.fn.parts?.map(({ at, first, fn, inputs }) => [fn.name, first, inputs, at]),
      [["inc", 0, 1, -1], ["add", 1, 1, 0], ["add", 2, 1, 1]]
    )
    assert.strictEqual(valueOf(chain), 112)
    assert.strictEqual(label(chain), "inc -> add -> add")
  })

  it("may begin with any inputs: several tasks, lists, large values", () => {
    const large = new Float64Array(10_000)
    const [a, b] = [delayed(inc)(1), delayed(inc)(2)]
    const first = delayed((xs: ReadonlyArray<number>, one: number, more: Float64Array) => xs.length + one + more.length)
    const last = delayed((x: number) => x)(first([a, b], delayed(zero)(), large))
    const chain = fused(last)!
    assert.deepStrictEqual(namesOf(chain)?.length, 2)
    assert.strictEqual(chain.inputs.length, 3)
    assert.strictEqual(chain.inputs[2], large)
  })

  it("merge when they were made by .map, with arguments that all share", () => {
    const mapped = delayed(add).map(delayed(inc).map([1, 2, 3]), 5)
    const chains = new Chains(always)
    const made = mapped.map((one) => fused(one, chains)!)
    assert.deepStrictEqual(made.map(({ inputs }) => inputs), [[1, 5], [2, 5], [3, 5]])
    assert.deepStrictEqual(made.map(valueOf), [7, 8, 9])
    assert.strictEqual(made[0].template, made[2].template)
  })

  it("are told to workers once for the same functions in the same places", () => {
    const chains = new Chains(always)
    const one = (x: number) => fused(delayed(add)(delayed(inc)(x), 1), chains)!.template
    const turned = fused(delayed(add)(1, delayed(inc)(1)), chains)!.template
    assert.strictEqual(one(1), one(2))
    assert.notStrictEqual(one(1), turned)
    const { id, kind, source } = one(1).fn
    assert.strictEqual(kind, "chain")
    assert.isAbove(id, 0)
    assert.deepStrictEqual(readParts(source!).map(({ at, kind, name, url }) => [name, url, kind, at]), [
      ["inc", "file:///fuse.ts", "module", -1],
      ["add", "file:///fuse.ts", "module", 0]
    ])
  })

  it("are 32 at most, and the rest begins a chain of its own", () => {
    let node = delayed(inc)(0)
    for (let i = 1; i < 40; i++) node = delayed(inc)(node)
    const chain = fused(node)!
    assert.strictEqual(namesOf(chain)?.length, MOST_MEMBERS)
    assert.strictEqual(namesOf(fused(chain.inputs[0]))?.length, 8)
    assert.strictEqual(label(chain), "inc -> inc -> inc -> (27 more) -> inc -> inc")
  })

  it("stay closures if they are closures", () => {
    const double = (x: number): number => x * 2
    const chain = fused(delayed(double)(delayed((x: number) => x + 1)(3)))!
    assert.deepStrictEqual([chain.template.fn.kind, chain.template.fn.id], ["closure", 0])
    assert.strictEqual(label(chain), "(anonymous) -> double")
    assert.strictEqual(valueOf(chain), 8)
  })
})

describe("tasks are not merged", () => {
  const apart = (handle: unknown): void => assert.isUndefined(fused(handle))

  it("if another uses the result too, also the same one twice", () => {
    const shared = delayed(inc)(1)
    const [a, b] = [delayed(inc)(shared), delayed(inc)(shared)]
    apart(a)
    apart(b)
    const twice = delayed(inc)(1)
    apart(delayed(add)(twice, twice))
  })

  it("if it is in a list, in an all, shared by a .map, or collected with others", () => {
    apart(delayed(sum)([delayed(inc)(1)]))
    apart(delayed(sum)(all([delayed(inc)(1)])))
    const [first] = delayed(add).map([1, 2], delayed(inc)(1))
    apart(first)
    const watched = delayed(inc)(1)
    all({ watched })
    apart(delayed(inc)(watched))
    assert.strictEqual(nodeOf(watched).uses, MANY + 1)
  })

  it("if the next one has several tasks among its inputs, or a list with one", () => {
    apart(delayed(add)(delayed(inc)(1), delayed(inc)(2)))
    const withList = delayed((x: number, xs: ReadonlyArray<number>) => x + xs.length)
    apart(withList(delayed(inc)(1) as never, [delayed(inc)(2), 3] as never))
  })

  it("if one is a closure and the other is not", () => {
    apart(delayed((x: number) => x)(delayed(inc)(1)))
    apart(delayed(inc)(delayed((x: number) => x)(1)))
  })

  it("if an option is more than a priority", () => {
    const options = [
      { persist: true },
      { getResult: true },
      { retry: Schedule.recurs(1) },
      { timeout: "1 second" },
      { bytes: 8 }
    ] as const
    for (const option of options) {
      apart(delayed(inc, option)(delayed(inc)(1)))
      apart(delayed(inc)(delayed(inc, option)(1)))
    }
    apart(delayed(inc)(delayed((): [number, number] => [1, 2], { outputs: 2 })()[0]))
    const [half] = delayed((x: number): [number, number] => [x, x], { outputs: 2 })(delayed(() => 1)())
    apart((half as unknown as OutputNode).node)
  })

  it("if their priorities differ; equal ones may be", () => {
    apart(delayed(inc, { priority: 1 })(delayed(inc)(1)))
    const chain = fused(delayed(inc, { priority: 1 })(delayed(inc, { priority: 1 })(1)))!
    assert.strictEqual(chain.template.options.priority, 1)
  })

  it("if the one before has a name; the last may have one", () => {
    apart(delayed(inc)(delayed(inc, { name: "watched" })(1)))
    const chains = new Chains(always)
    const named = fused(delayed(inc, { name: "total" })(delayed(inc)(1)), chains)!
    assert.strictEqual(label(named), "total")
    assert.strictEqual(named.template.fn, fused(delayed(inc)(delayed(inc)(1)), chains)!.template.fn)
  })

  it("if one is a chain already", () => {
    const chain = fused(delayed(inc)(delayed(inc)(1)))!
    apart(delayed(inc)(chain as never))
    chain.uses = 1
    apart(chain)
    const root = delayed(inc)(1)
    apart(new DelayedNode(fused(delayed(add)(delayed(inc)(1), 2))!.template, [root, 2], -1))
    nodeOf(root).uses = 1
    apart(new DelayedNode(fused(delayed(add)(delayed(inc)(1), 2))!.template, [root, 2], -1))
  })

  it("if the engine has the one before already, or does not want the function", () => {
    const before = delayed(inc)(1)
    const last = delayed(inc)(before)
    assert.isUndefined(fused(last, new Chains(always), (node) => node !== nodeOf(before)))
    assert.isUndefined(fused(last, new Chains(() => false)))
    assert.isDefined(fused(last))
  })
})

describe("an argument of a chain", () => {
  it("belongs to a member, in whose call it may come behind the value handed on", () => {
    const parts = fused(delayed(add)(10, delayed(add)(delayed(zero)(), 100)))!.template.fn.parts!
    assert.deepStrictEqual(ownerOf(parts, 0), { member: 1, argument: 1 })
    assert.deepStrictEqual(ownerOf(parts, 1), { member: 2, argument: 0 })
    assert.strictEqual(chainLabel(parts), "zero -> add -> add")
  })
})

/** A host that merges, and remembers what it was given. */
const makeHost = (): LowerHost & { readonly opened: Array<DelayedNode> } => {
  const chains = new Chains(always)
  const opened: Array<DelayedNode> = []
  const alive = (node: DelayedNode): boolean => node.engine === 77
  return {
    opened,
    engine: 77,
    isAlive: alive,
    fuses: true,
    instead: (node, mark) => fuse(node, chains, (before) => before.engine !== mark && !alive(before)),
    open: (node) => opened.push(node) - 1,
    output: (task) => task,
    chunkOf: (task) => task,
    hasOutput: () => true,
    classOf: () => 0,
    heldChunk: () => -1,
    pendingNode: () => undefined,
    value: (value) => value,
    unstore: () => {},
    prepare: () => {}
  }
}

describe("a graph that is lowered", () => {
  it("has a chain of 1,000,000 tasks as 31,250, in slices", () => {
    const next = delayed(inc)
    let node = next(0)
    for (let i = 1; i < 1_000_000; i++) node = next(node)
    const host = makeHost()
    const lowering = new Lowering(host, [nodeOf(node)])
    const slices: Array<Slice> = []
    while (!lowering.run(1024)) slices.push(lowering.take())
    slices.push(lowering.take())
    assert.strictEqual(host.opened.length, 31_250)
    assert.isAbove(slices.length, 30)
    assert.isBelow(Math.max(...slices.map(({ tasks }) => tasks.length)), 1025)
    assert.strictEqual(nodeOf(node).task, 31_249)
    assert.deepStrictEqual(slices.flatMap(({ chunks }) => chunks), Array.from({ length: 31_249 }, (_, i) => i))
  })

  it("keeps what others use, and joins what comes after it", () => {
    const shared = delayed(inc)(delayed(inc)(1))
    const sides = delayed(inc).map(delayed(add).map([shared, shared] as never, 1))
    const host = makeHost()
    const lowering = new Lowering(host, [all(sides) as never])
    assert.isTrue(lowering.run(100))
    const { chunks, tasks, wanted } = lowering.take()
    assert.deepStrictEqual(host.opened.map(label), ["inc -> inc", "add -> inc", "add -> inc"])
    assert.deepStrictEqual([tasks, chunks, wanted], [[0, 1, 2], [0, 0], [1, 2]])
  })

  it("says of tasks that wait for each other that they do", () => {
    const inputs: Array<unknown> = [0]
    const first = delayed(inc)(0 as number)
    ;(first as unknown as { inputs: unknown }).inputs = inputs
    const second = delayed(inc)(first)
    inputs[0] = second
    nodeOf(second).uses = 1
    assert.throws(() => new Lowering(makeHost(), [nodeOf(second)]).run(10), /wait for each other/)
  })
})
