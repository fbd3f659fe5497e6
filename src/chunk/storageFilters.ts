// What a disk device does to bytes on their way: makes them smaller, or unreadable to others. Filters are applied in their
// order when a value is written and in the other when it is read.
import * as Effect from "effect/Effect"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"
import { constants, zstdCompress, zstdDecompress } from "node:zlib"
import { refuse } from "../graph/refuse.ts"

/** Bytes to bytes, and back. */
export interface StorageFilter {
  /** What it is called. */
  readonly name: string
  /** What is written of bytes. */
  readonly encode: (bytes: Uint8Array) => Effect.Effect<Uint8Array, Error>
  /** The bytes of what was written; fails if it is damaged. */
  readonly decode: (bytes: Uint8Array) => Effect.Effect<Uint8Array, Error>
}

const called = (
  f: (done: (error: Error | null, bytes: Uint8Array) => void) => void
): Effect.Effect<Uint8Array, Error> =>
  Effect.callback((resume) => f((error, bytes) => resume(error === null ? Effect.succeed(bytes) : Effect.fail(error))))

/** Zstandard (RFC 8878) of Node's zlib, on its threads. `level` from 1, fast, to 19, small; 3 by default. */
export const zstd = (level = 3): StorageFilter => {
  if (!Number.isSafeInteger(level) || level < 1 || level > 19) {
    throw refuse("GraphInvalid", { path: "Storage.zstd: level", reason: "expected a whole number from 1 to 19" })
  }
  const params = { [constants.ZSTD_c_compressionLevel]: level }
  return {
    name: "zstd",
    encode: (bytes) => called((done) => zstdCompress(bytes, { params }, done)),
    decode: (bytes) => called((done) => zstdDecompress(bytes, done))
  }
}

const NONCE = 12
const TAG = 16

/**
 * AES in Galois/Counter mode (NIST SP 800-38D), with a random nonce for each value: whoever lacks the key can neither read
 * a file nor change it unnoticed. The key has 16, 24 or 32 bytes.
 */
export const aesGcm = (key: Uint8Array): StorageFilter => {
  if (!(key instanceof Uint8Array) || ![16, 24, 32].includes(key.byteLength)) {
    throw refuse("GraphInvalid", { path: "Storage.aesGcm: key", reason: "expected 16, 24 or 32 bytes" })
  }
  const own = key.slice()
  const algorithm = `aes-${own.byteLength * 8}-gcm` as "aes-256-gcm"
  const attempt = (f: () => Uint8Array): Effect.Effect<Uint8Array, Error> =>
    Effect.try({
      try: f,
      catch: () => new Error("it cannot be decrypted: the key is another, or somebody changed it")
    })
  return {
    name: "aes-gcm",
    encode: (bytes) =>
      Effect.sync(() => {
        const nonce = randomBytes(NONCE)
        const cipher = createCipheriv(algorithm, own, nonce)
        const body = [cipher.update(bytes), cipher.final()]
        return Buffer.concat([nonce, ...body, cipher.getAuthTag()])
      }),
    decode: (bytes) =>
      attempt(() => {
        const decipher = createDecipheriv(algorithm, own, bytes.subarray(0, NONCE))
        decipher.setAuthTag(bytes.subarray(bytes.byteLength - TAG))
        return Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.byteLength - TAG)), decipher.final()])
      })
  }
}
