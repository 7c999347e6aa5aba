/** HTML that is safe to put into a page as it is. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template takes: text and numbers are escaped, lists joined, nothing left out. */
export type HtmlPart = Html | string | number | undefined | readonly HtmlPart[];

/**
 * A template whose every inserted text is escaped, in content and in quoted attributes alike, so that a class may be named
 * `<img src=x onerror=alert(1)>` and the page shows just that.
 */
export function html(texts: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return new Html(texts.reduce((page, text, index) => page + render(parts[index - 1]) + text));
}

function render(part: HtmlPart): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "string" || typeof part === "number") return escapeHtml(String(part));
  return part.map(render).join("");
}

/** Running text in which names of options stay in one piece: a line that ends in "--" cannot be read. */
export function prose(text: string): Html {
  const parts = text.split(/(--[a-z][a-z-]*)/);
  return html`${parts.map((part) => (/^--[a-z]/.test(part) ? html`<span class="whole">${part}</span>` : part))}`;
}

/** A file's path, which may end its line behind each folder. */
export function pathParts(file: string): Html {
  return html`${file.split(/(?<=\/)/).map((part, place) => (place === 0 ? part : html`<wbr>${part}`))}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text for HTML content and quoted attributes. Control characters, which HTML forbids, and the marks that turn the direction of
 * writing round (a file name could hide its end with them) become visible stand-ins.
 */
export function escapeHtml(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (character) => entities[character]!)
    .replaceAll(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (character) =>
      /[\t\n]/.test(character) ? " " : "\ufffd",
    );
}
