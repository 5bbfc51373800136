/** What the pages of all reports are made of. */

import { html, Markup } from "./markup.js";
import { styleSheet } from "./style.js";

/**
 * A page without scripts, fonts or images from anywhere: a strict content policy in the page forbids them. Every text that is
 * not markup is escaped.
 */
export function page(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(styleSheet)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}

/** The numbers of a plot as a table that opens on demand. */
export function numbers(titles: readonly (string | Markup)[], rows: readonly Markup[]): Markup {
  return html`<details><summary>The numbers</summary>${table(titles, rows)}</details>`;
}

/** A cell of text. */
export function text(content: string): Markup {
  return html`<td>${content}</td>`;
}

/** The title of a column of numbers, which stands over their last digits. */
export function over(title: string): Markup {
  return html`<th scope="col" class="number">${title}</th>`;
}

export function table(titles: readonly (string | Markup)[], rows: readonly Markup[]): Markup {
  const cells = titles.map((title) =>
    typeof title === "string" ? html`<th scope="col">${title}</th>` : title,
  );
  return html`<div class="scroll"><table><thead><tr>${cells}</tr></thead><tbody>
${rows}
</tbody></table></div>`;
}

/** A row whose first cell is text and whose others are numbers. */
export function textRow([first, ...others]: readonly string[]): Markup {
  return html`<tr><td>${first!}</td>${others.map(number)}</tr>`;
}

export function number(text: string): Markup {
  return html`<td class="number">${text}</td>`;
}
