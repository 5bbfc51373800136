/** A command of a CMakeLists.txt. */
export interface CmakeCommand {
  /** In lower case. */
  name: string;
  args: string[];
  /** Line, counted from 1. */
  line: number;
  /** Index of its name, and the index after its closing parenthesis. */
  start: number;
  end: number;
}

const opaque = /#\[(=*)\[[\s\S]*?\]\1\]|#[^\n]*|\[(=*)\[[\s\S]*?\]\2\]|"(?:\\[\s\S]|[^"\\])*"/g;

/** The commands of a CMake file in their order; comments do not count, and quoted arguments lose their quotes. */
export function cmakeCommands(text: string): CmakeCommand[] {
  const code = text.replace(opaque, (match) =>
    match.startsWith("#") ? match.replace(/[^\r\n]/g, " ") : match.replace(/[()]/g, "_"),
  );
  const commands: CmakeCommand[] = [];
  const begin = /([A-Za-z_]\w*)[ \t]*\(/g;
  for (let match = begin.exec(code); match !== null; match = begin.exec(code)) {
    let depth = 1;
    let end = begin.lastIndex;
    for (; end < code.length && depth > 0; end++) {
      if (code[end] === "(") depth++;
      else if (code[end] === ")") depth--;
    }
    const inside = code.slice(begin.lastIndex, depth === 0 ? end - 1 : end);
    commands.push({
      name: match[1]!.toLowerCase(),
      args: (inside.match(/"(?:\\[\s\S]|[^"\\])*"|[^\s"]+/g) ?? []).map((arg) => arg.replace(/^"|"$/g, "")),
      line: code.slice(0, match.index).split("\n").length,
      start: match.index,
      end,
    });
    begin.lastIndex = end;
  }
  return commands;
}
