// The object `Task` outside a task and in one: what it allocates, and what it tells about the task that runs.
// The tasks here are stand-ins with an arena of their own; Task.alloc on real threads is tested in test/engine.
import { afterEach, assert, describe, it } from "@effect/vitest"
import { type CurrentTask, currentTask, setCurrentTask, setTaskLookUp, type Slab } from "../../src/graph/CurrentTask.ts"
import { Task } from "../../src/graph/Task.ts"
import { refused } from "./refused.ts"

class Running implements CurrentTask {
  readonly id: number
  readonly processor = "thread 1"
  readonly controller = new AbortController()
  readonly arena = new SharedArrayBuffer(4096)
  used = 64
  zeroed = false
  constructor(id: number) {
    this.id = id
    new Uint8Array(this.arena).fill(255)
  }
  isCancelled(): boolean {
    return this.controller.signal.aborted
  }
  signal(): AbortSignal {
    return this.controller.signal
  }
  allocate(bytes: number): Slab {
    const byteOffset = this.used
    this.used += Math.ceil(bytes / 8) * 8
    return { buffer: this.arena, byteOffset, zeroed: this.zeroed }
  }
}

afterEach(() => {
  setCurrentTask(undefined)
  setTaskLookUp(undefined)
})

describe("Task, outside a task", () => {
  it("answers harmlessly, so that task functions can be called", () => {
    assert.isUndefined(Task.id)
    assert.isUndefined(Task.processor)
    assert.isFalse(Task.isCancelled())
    assert.isFalse(Task.signal().aborted)
    assert.isUndefined(currentTask())
  })

  it("allocates shared memory of its own", () => {
    const xs = Task.alloc(Float64Array, 3)
    assert.instanceOf(xs.buffer, SharedArrayBuffer)
    assert.deepStrictEqual(Array.from(xs), [0, 0, 0])
    assert.strictEqual(xs.buffer.byteLength, 24)
    assert.lengthOf(Task.alloc(Uint8Array, 0), 0)
  })
})

describe("Task, in a task", () => {
  it("tells about the task that runs now", () => {
    const task = new Running(7)
    setCurrentTask(task)
    assert.strictEqual(Task.id, 7)
    assert.strictEqual(Task.processor, "thread 1")
    assert.isFalse(Task.isCancelled())
    task.controller.abort()
    assert.isTrue(Task.isCancelled())
    assert.isTrue(Task.signal().aborted)
    setCurrentTask(undefined)
    assert.isUndefined(Task.id)
  })

  it("looks the task up where no slot is set, and prefers the slot", () => {
    let running = new Running(1)
    setTaskLookUp(() => running)
    assert.strictEqual(Task.id, 1)
    running = new Running(2)
    assert.strictEqual(Task.id, 2)
    setCurrentTask(new Running(3))
    assert.strictEqual(Task.id, 3)
  })

  it("allocates zeros from the task's own memory", () => {
    const task = new Running(1)
    setCurrentTask(task)
    const bytes = Task.alloc(Uint8Array, 3)
    const longs = Task.alloc(BigInt64Array, 2)
    assert.strictEqual(bytes.buffer, task.arena)
    assert.deepStrictEqual([bytes.byteOffset, longs.byteOffset], [64, 72])
    assert.deepStrictEqual(Array.from(bytes), [0, 0, 0])
    assert.deepStrictEqual(Array.from(longs), [0n, 0n])
    assert.strictEqual(new Uint8Array(task.arena)[67], 255)
    task.zeroed = true
    assert.strictEqual(Task.alloc(Uint8Array, 1)[0], 255, "memory known to be zero is not written")
  })

  it("makes every class of typed arrays", () => {
    const classes = [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float32Array
    ] as const
    setCurrentTask(new Running(1))
    for (const type of classes) {
      const xs: { readonly length: number; readonly constructor: unknown } = Task.alloc<any>(type as never, 5)
      assert.strictEqual(xs.constructor, type)
      assert.strictEqual(xs.length, 5)
    }
  })

  it("refuses what is no typed array or no length", () => {
    assert.include(refused(() => Task.alloc(Array as never, 3)).message, "class of typed arrays")
    assert.include(refused(() => Task.alloc(undefined as never, 3)).message, "got undefined")
    for (const length of [-1, 1.5, NaN, "3", Infinity]) {
      assert.include(refused(() => Task.alloc(Float64Array, length as number)).message, "whole number of elements")
    }
  })
})
