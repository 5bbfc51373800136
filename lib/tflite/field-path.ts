/** `subgraphs[0].operators[3].builtinOptions`, for error messages. */
export function formatPath(path: readonly (string | number)[]): string {
  if (path.length === 0) return "the root table";
  return path
    .map((part, index) => (typeof part === "number" ? `[${part}]` : `${index ? "." : ""}${part}`))
    .join("");
}
