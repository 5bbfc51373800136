/** An assignment in a Makefile. */
export interface Assignment {
  variable: string;
  value: string;
  /** Line of the assignment, counted from 1. */
  line: number;
  /** Beginning of the line after it, or after the last `endif` around it. */
  end: number;
}

const assignment = /^\s*(?:export\s+|override\s+)*([\w.-]+)\s*(?:::?:?=|\?=|\+=|!=|=)\s*([\s\S]*)$/;

/** The assignments of a Makefile outside of recipes and `define`, in their order. */
export function assignmentsIn(text: string): Assignment[] {
  const found: Assignment[] = [];
  const waiting: Assignment[] = [];
  let depth = 0;
  let isDefine = false;
  for (const { content, line, end } of logicalLines(text)) {
    const word = /^\s*(\w+)/.exec(content)?.[1] ?? "";
    if (isDefine) {
      isDefine = word !== "endef";
    } else if (word === "define") {
      isDefine = true;
    } else if (/^if(n?eq|n?def)$/.test(word)) {
      depth++;
    } else if (word === "endif") {
      depth = Math.max(0, depth - 1);
      if (depth === 0) for (const one of waiting.splice(0)) one.end = end;
    } else if (!content.startsWith("\t")) {
      const match = assignment.exec(content.replace(/\\\r?\n/g, " "));
      if (!match) continue;
      const one = { variable: match[1]!, value: withoutComment(match[2]!), line, end };
      found.push(one);
      if (depth > 0) waiting.push(one);
    }
  }
  return found;
}

function withoutComment(value: string): string {
  return value.replace(/(^|\s)#.*$/s, "").trim();
}

/** Lines with those that a backslash joins to them; `end` is the beginning of the next. */
function* logicalLines(text: string): Generator<{ content: string; line: number; end: number }> {
  const lines = text.split(/(?<=\n)/);
  let end = 0;
  for (let at = 0; at < lines.length; ) {
    const line = at + 1;
    let content = "";
    do {
      content += lines[at]!;
      end += lines[at]!.length;
    } while (/\\\r?\n$/.test(lines[at++]!) && at < lines.length);
    yield { content: content.replace(/\r?\n$/, ""), line, end };
  }
}
