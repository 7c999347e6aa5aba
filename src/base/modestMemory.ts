/** What any file may take in memory, however small it is. */
const freeBytes = 64 * 2 ** 20;

/**
 * Counts what a file takes in memory while it is read, so that a small file cannot ask for much: a byte of it can stand for a whole object.
 *
 * @param fileBytes - Size of the file.
 * @param refuse - The error for more than three times that and 64 MiB.
 * @returns what is called with each cost in bytes before it is paid.
 */
export function modestMemory(fileBytes: number, refuse: () => Error): (cost: number) => void {
  let left = freeBytes + 3 * fileBytes;
  return (cost) => {
    left -= cost;
    if (!(left >= 0)) throw refuse();
  };
}

/** Words of the error that all readers have for it. */
export const immodest = "it would take more than three times its size in memory";

/** Bytes that V8 takes at most for an object or a list, a member of one, and a text. */
const jsonCosts = { group: 64, member: 32, text: 40 } as const;

/** Texts below this cannot grow beyond what any file may take. */
const smallText = 2 ** 20;

const [quote, backslash, comma, colon, brace, bracket] = ['"', "\\", ",", ":", "{", "["].map((letter) =>
  letter.charCodeAt(0),
);

/** Takes what a JSON text costs once it is parsed from a count as of `modestMemory`. */
export function takeJson(text: string, take: (cost: number) => void): void {
  if (text.length < smallText) return;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isInside) {
      if (code === backslash) at++;
      else if (code === quote) isInside = false;
    } else if (code === quote) {
      isInside = true;
      take(jsonCosts.text);
    } else if (code === brace || code === bracket) take(jsonCosts.group);
    else if (code === comma || code === colon) take(jsonCosts.member);
  }
}
