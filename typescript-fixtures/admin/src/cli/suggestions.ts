/** Which known word was probably meant? */

const LEAST = 0.6;

/** The known word that is most like the one given, or nothing if none is. */
export function closest(word: string, known: Iterable<string>): string {
  let [best, score] = ["", LEAST];
  for (const candidate of known) {
    const ratio = likeness(candidate, word.toLowerCase().replaceAll("_", "-"));
    if (ratio > score || (ratio === score && (best === "" || candidate > best))) {
      [best, score] = [candidate, ratio];
    }
  }
  return best;
}

/** How much two words have in common, from 0 to 1: twice the matching letters over all letters (Ratcliff, Obershelp). */
function likeness(a: string, b: string): number {
  return a.length + b.length === 0 ? 1 : (2 * matching(a, b)) / (a.length + b.length);
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
