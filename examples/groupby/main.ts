// node examples/groupby/main.ts --size 256MiB --memory 64MiB --threads 2: groups more records than memory may hold.
// This file only starts it; the job is in groupby.ts, what the threads run in tasks.ts.
import { runCommand } from "../out-of-core/command.ts"
import { groupby } from "./groupby.ts"

runCommand(groupby)
