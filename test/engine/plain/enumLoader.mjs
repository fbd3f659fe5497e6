// A loader as `tsx` is one, in small: TypeScript with enums and the like, for threads that are started with --import.
import { readFileSync } from "node:fs"
import { registerHooks, stripTypeScriptTypes } from "node:module"
import { fileURLToPath } from "node:url"

registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith(".full.mts")) return next(url, context)
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"), { mode: "transform" })
    return { format: "module", shortCircuit: true, source }
  }
})
