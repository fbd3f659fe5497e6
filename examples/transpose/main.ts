// node examples/transpose/main.ts --size 256MiB --memory 64MiB --threads 2: turns a matrix larger than memory.
// This file only starts it; the job is in transpose.ts, what the threads run in tasks.ts.
import { runCommand } from "../out-of-core/command.ts"
import { transpose } from "./transpose.ts"

runCommand(transpose)
