// Memory for what a task needs only while it runs, kept for the next task of the same thread: garbage of a megabyte a task
// would lie about until it is collected, and a job that counts its memory would have several of them. Not for results.

let bytes = new Uint8Array(0)

/** So many bytes, with whatever the task before left in them; good until this is called again. */
export const scratch = (length: number): Uint8Array => {
  if (bytes.length < length) bytes = new Uint8Array(length)
  return bytes.subarray(0, length)
}
