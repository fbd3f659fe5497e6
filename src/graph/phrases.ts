// Parts of the errors' messages: tasks, lists, sizes and files in words.

/** Why a task went the way of another. */
export const because = (task: string, root: string): string =>
  task === root ? "" : ` because "${root}" was, which it depends on`

/** The way from a task to another, shortened in the middle. */
export const printPath = (path: ReadonlyArray<string>): string => {
  const shown = path.length <= 6 ? path : [...path.slice(0, 3), `(${path.length - 5} more)`, ...path.slice(-2)]
  return shown.map((task) => task.startsWith("(") ? task : `"${task}"`).join(" -> ")
}

/** Items in a line. */
export const printList = (items: ReadonlyArray<string>): string => items.length === 0 ? "nothing" : items.join(", ")

/** A number of bytes, as people read it and exactly. */
export const printBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${bytes} bytes` : `${(bytes / 2 ** 20).toFixed(1)} MiB (${bytes} bytes)`

/** What a file was like. */
export const seen = ({ bytes, modified }: { readonly bytes: number; readonly modified: number }): string =>
  `${bytes} bytes of ${new Date(modified).toISOString()}`
