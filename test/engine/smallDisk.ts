// A small file system in memory, on which a disk can be full, or may only be read.
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { folder } from "./files.ts"

/** Where it is mounted, until the Scope closes; undefined where this user may not mount one. */
export const smallDisk = (bytes: number, mode: "rw" | "ro" = "rw") =>
  Effect.gen(function*() {
    const path = yield* folder
    const mount = Effect.try(() =>
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${bytes},${mode}`, "none", path], { stdio: "ignore" })
    )
    return yield* Effect.acquireRelease(
      Effect.match(mount, { onFailure: () => undefined, onSuccess: () => path }),
      (mounted) => Effect.sync(() => mounted === undefined || execFileSync("umount", ["-l", path]))
    )
  })
