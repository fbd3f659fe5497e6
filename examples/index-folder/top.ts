// Finds the most frequent words: of one lexicon, then of several findings, so that a tree of tasks finds those of all.
import { Lexicon } from "./Lexicon.ts"

/** Words with their counts, the most frequent first and equally frequent ones in byte order; and how many there are. */
export interface Top {
  /** Distinct words. */
  readonly distinct: number
  /** Occurrences of all words. */
  readonly words: number
  readonly top: ReadonlyArray<readonly [word: string, count: number]>
}

/** The `limit` most frequent words of a lexicon. */
export const topOf = (packed: Uint32Array, limit: number): Top => {
  const lexicon = new Lexicon(packed)
  const order = (a: number, b: number): number => lexicon.count(b) - lexicon.count(a) || lexicon.compare(a, b)
  const best: Array<number> = []
  let least = 0
  for (let i = 0; i < lexicon.words; i++) {
    if (lexicon.count(i) < least) continue
    best.push(i)
    // sorted now and then, not for every word, and cut to what can still be among the first
    if (best.length >= 4 * limit + 64) {
      best.sort(order).length = limit
      least = limit === 0 ? Infinity : lexicon.count(best[limit - 1])
    }
  }
  best.sort(order)
  return {
    distinct: lexicon.words,
    words: lexicon.postings,
    top: best.slice(0, limit).map((i) => [lexicon.word(i), lexicon.count(i)])
  }
}

/** The `limit` most frequent words of several findings over different words. */
export const joinTops = (tops: ReadonlyArray<Top>, limit: number): Top => ({
  distinct: tops.reduce((sum, one) => sum + one.distinct, 0),
  words: tops.reduce((sum, one) => sum + one.words, 0),
  top: tops.flatMap((one) => one.top).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, limit)
})
