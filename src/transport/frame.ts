// A message as one run of bytes, for transports that share nothing: a table of lengths, the codec's head, its buffers.
import { Crossing, decode, encode } from "../chunk/codec.ts"

const crossing = new Crossing()
const ALIGN = 64

const up = (n: number): number => Math.ceil(n / ALIGN) * ALIGN

/** Writes a message. Throws Refused if something in it cannot be written. */
export const toFrame = (message: unknown): Uint8Array => {
  const { buffers, head } = encode(message, crossing)
  const table = up(8 * (2 + buffers.length))
  const frame = new Uint8Array(buffers.reduce((sum, b) => sum + up(b.byteLength), table + up(head.byteLength)))
  const lengths = new Float64Array(frame.buffer, 0, 2 + buffers.length)
  lengths[0] = buffers.length
  lengths[1] = head.byteLength
  frame.set(head, table)
  let at = table + up(head.byteLength)
  buffers.forEach((buffer, i) => {
    lengths[2 + i] = buffer.byteLength
    frame.set(buffer, at)
    at += up(buffer.byteLength)
  })
  return frame
}

/** Reads a message; its arrays are views on the frame. */
export const fromFrame = (frame: Uint8Array): unknown => {
  const lengths = new Float64Array(frame.buffer, frame.byteOffset)
  const count = lengths[0]
  const table = up(8 * (2 + count))
  let at = table + up(lengths[1])
  const buffers: Array<Uint8Array> = []
  for (let i = 0; i < count; i++) {
    buffers.push(frame.subarray(at, at + lengths[2 + i]))
    at += up(lengths[2 + i])
  }
  return decode(frame.subarray(table, table + lengths[1]), buffers, crossing)
}
