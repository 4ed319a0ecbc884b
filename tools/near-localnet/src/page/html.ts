/** Text that is HTML already. Only `html` makes it. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template: text, which is escaped, or HTML. */
export type Part = string | number | Html | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Returns HTML in which every part that is not HTML itself is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((string, i) => string + render(parts[i] ?? "")).join("") };
}

function render(part: Part): string {
  if (typeof part === "string" || typeof part === "number")
    return `${part}`.replace(/[&<>"']/gu, (sign) => ESCAPES[sign] ?? "");
  return "html" in part ? part.html : part.map((piece) => piece.html).join("\n");
}
