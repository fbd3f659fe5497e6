// The last lines that a worker printed, kept for the case that it dies: whoever reads why wants to see them.

/** Lines that are kept, and characters at most. */
const LINES = 20
const CHARACTERS = 16_384

/** The end of one worker's output. */
export class Tail {
  private text = ""

  /** Takes what was printed: lines, or parts of one. */
  add(text: string): void {
    this.text += text
    if (this.text.length > 2 * CHARACTERS) this.text = this.text.slice(-CHARACTERS)
  }

  /** The last lines, oldest first. */
  lines(): Array<string> {
    return this.text.slice(-CHARACTERS).split("\n").filter((line) => line !== "").slice(-LINES)
  }
}
