// The task that this thread is running now, as its function sees it through `Task`. A slot for plain functions, which
// run one at a time; whoever runs Effects side by side installs a look-up instead. It knows no engine and no worker.

/** What a running task may ask about itself. */
export interface CurrentTask {
  /** The task's number in its engine. */
  readonly id: number
  /** The processor it runs on, as events name it. */
  readonly processor: string
  /** Whether nobody wants its result any more; cheap enough for an inner loop. */
  isCancelled(): boolean
  /** The signal that fires then; made when first asked for. */
  signal(): AbortSignal
  /** So many bytes of its engine's shared memory, aligned to 8 bytes and owned by this attempt. */
  allocate(bytes: number): Slab
}

/** Bytes that all threads share: `byteLength` bytes from `byteOffset` of the buffer are the caller's. */
export interface Slab {
  readonly buffer: SharedArrayBuffer
  readonly byteOffset: number
  /** Whether they are known to be zero; otherwise `Task.alloc` fills them. */
  readonly zeroed: boolean
}

let slot: CurrentTask | undefined
let lookUp: (() => CurrentTask | undefined) | undefined

/** Sets the task that runs now on this thread; undefined when it returns or waits. */
export const setCurrentTask = (task: CurrentTask | undefined): void => {
  slot = task
}

/** Installs how to find the task when the slot is empty: by the current fiber or asynchronous context. */
export const setTaskLookUp = (find: (() => CurrentTask | undefined) | undefined): void => {
  lookUp = find
}

/** The task that runs now, or undefined outside a task. */
export const currentTask = (): CurrentTask | undefined => slot ?? lookUp?.()

/** So many shared bytes: the running task's, or outside a task a buffer of their own. */
export const allocate = (bytes: number): Slab =>
  currentTask()?.allocate(bytes) ?? { buffer: new SharedArrayBuffer(bytes), byteOffset: 0, zeroed: true }
