/** Characters that look like a slash, and are none. */
const SLASHES = /^[\uff0f\u2044\u2215\u29f8\u2571\u27cb\u3033\u30ce]/u;

/** Letters of other scripts that look like the Latin ones in the names of commands. */
const LETTERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    a: 'аαɑ',
    b: 'ьƅ',
    c: 'сϲ',
    d: 'ԁ',
    e: 'еєε',
    f: 'ƒ',
    h: 'һн',
    i: 'іιıӏ',
    j: 'јϳ',
    k: 'кκ',
    l: 'ӏ|',
    m: 'м',
    n: 'пηո',
    o: 'оοσօ',
    p: 'рρ',
    q: 'ԛ',
    r: 'гᴦ',
    s: 'ѕ',
    t: 'тτ',
    u: 'υսц',
    v: 'νѵ',
    w: 'ԝω',
    y: 'уγү',
    z: 'ᴢ',
  }).flatMap(([latin, others]) => Array.from(others, (other) => [other, latin])),
);

/** No command's name is longer; what hides in a longer word is not looked for. */
const LONGEST_WORD = 40;

/**
 * The first word of a line as it looks to a reader: nothing invisible, full-width and other letters as the Latin ones
 * they resemble, in lower case. Undefined for a line that does not look as if it began with a slash.
 */
export function looksLike(line: string): string | undefined {
  const shown = line
    .slice(0, 4 * LONGEST_WORD)
    .replace(/[\p{Cf}\p{Cc}\u115f\u1160\u3164\uffa0]/gu, '')
    .trimStart();
  const slash = shown.startsWith('/') ? '/' : SLASHES.exec(shown)?.[0];
  if (slash === undefined) return undefined;
  const word = shown.slice(slash.length).trimStart().split(/\s/u)[0] ?? '';
  const letters = Array.from(
    word.slice(0, LONGEST_WORD).toLowerCase().normalize('NFKD').replace(/\p{M}/gu, ''),
  );
  return letters.map((letter) => LETTERS[letter] ?? letter).join('');
}
