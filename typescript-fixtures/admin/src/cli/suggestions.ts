/** Suggestions for mistyped words. */

const LEAST = 0.6;

/** Known words of fewer letters are near to nothing: every other such word would be a slip of one letter. */
const SHORTEST = 3;

/** From this length on, two slips are one word's; below it, one. */
const LONG = 8;

/** The known word that is most like the one given, or nothing if none is. */
export function closest(word: string, known: Iterable<string>): string {
  let [best, score] = ["", LEAST];
  for (const candidate of known) {
    const ratio = likeness(candidate, word.toLowerCase().replaceAll("_", "-"));
    if (ratio > score || (ratio === score && candidate > best)) {
      [best, score] = [candidate, ratio];
    }
  }
  return best;
}

/**
 * The known word that the one given is a slip of the keyboard for, or nothing.
 *
 * A slip is a letter too many, missing, or another, or two letters in each other's place. Capitals, and whether words
 * are joined by dashes or underscores, make no difference.
 *
 * @param joint what joins the words of those known
 */
export function nearest(word: string, known: Iterable<string>, joint = "-"): string {
  const typed = word.toLowerCase().replace(/[-_]/g, joint);
  let [best, least] = ["", LONG];
  for (const candidate of known) {
    const { length } = [...candidate];
    const allowed = length < SHORTEST ? 0 : length < LONG ? 1 : 2;
    const found = slips([...typed], [...candidate]);
    if (found < least && found <= allowed) {
      [best, least] = [candidate, found];
    }
  }
  return best;
}

/** The optimal string alignment distance of two words. */
function slips(a: string[], b: string[]): number {
  let older: number[] = [];
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    [older, before, row] = [before, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      const isOther = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(before, j) + 1, at(row, j - 1) + 1, at(before, j - 1) + isOther);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(older, j - 2) + 1);
      }
      row.push(least);
    }
  }
  return at(row, b.length);
}

function at(row: number[], index: number): number {
  return row[index] as number;
}

/** How much two words have in common, from 0 to 1: twice the matching letters over all letters (Ratcliff, Obershelp). */
function likeness(a: string, b: string): number {
  return (2 * matching(a, b)) / (a.length + b.length);
}

/** The letters of the longest common piece, and of those before and after it. */
function matching(a: string, b: string): number {
  let [startA, startB, length] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < b.length; j++) {
      let run = 0;
      while (i + run < a.length && j + run < b.length && a[i + run] === b[j + run]) {
        run++;
      }
      if (run > length) {
        [startA, startB, length] = [i, j, run];
      }
    }
  }
  if (length === 0) {
    return 0;
  }
  const before = matching(a.slice(0, startA), b.slice(0, startB));
  return before + length + matching(a.slice(startA + length), b.slice(startB + length));
}
