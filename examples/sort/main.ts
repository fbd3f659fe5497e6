// node examples/sort/main.ts --size 256MiB --memory 64MiB --threads 2: sorts more numbers than memory may hold.
// This file only starts it; the job is in sort.ts, what the threads run in tasks.ts.
import { runCommand } from "../out-of-core/command.ts"
import { sorting } from "./sort.ts"

runCommand(sorting)
