// Loads a system that may not be installed. Only that is a reason to skip it: any other failure, and every failure of
// ours, ends the benchmark, so that no row is missing silently.

const isMissing = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND"

/** What `load` gives, or undefined with a note if a rival's package is not installed. */
export const loadRival = async <A>(
  name: string,
  load: () => Promise<A>,
  note: (text: string) => void
): Promise<A | undefined> => {
  try {
    return await load()
  } catch (error) {
    if (name === "poniard" || !isMissing(error)) throw error
    note(`${name} is skipped, it is not installed: ${error.message.split("\n")[0]}`)
    return undefined
  }
}
