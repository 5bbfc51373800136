/** JUnit's XML, which continuous integration systems read: one case per thing that was judged. */

import { html } from "./markup.js";
import type { Gate, PruneResult, ValidateResult } from "./result.js";

export interface JUnitCase {
  name: string;
  /** What went wrong; absent for a case that passed. */
  failure?: string | undefined;
}

/** One suite of cases. Control characters, which XML cannot hold, become spaces. */
export function junit(suite: string, cases: readonly JUnitCase[], seconds: number): string {
  const clean = (text: string) =>
    [...text]
      .map((character) => (character < " " && !"\t\n\r".includes(character) ? " " : character))
      .join("");
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const rows = cases.map(({ name, failure }) =>
    failure === undefined
      ? html`  <testcase classname="${clean(suite)}" name="${clean(name)}"/>`
      : html`  <testcase classname="${clean(suite)}" name="${clean(name)}">
    <failure message="${clean(failure)}"/>
  </testcase>`,
  );
  return html`<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="${clean(suite)}" tests="${cases.length}" failures="${failures}" time="${seconds.toFixed(3)}">
${rows}
</testsuite>
`.text;
}

/** A case per gate of a prune or a validate. */
export function gatesJUnit(result: PruneResult | ValidateResult): string {
  const { seconds } = result;
  const all =
    typeof seconds === "number" ? seconds : Object.values(seconds).reduce((sum, one) => sum + one, 0);
  return junit(`dtmm ${result.model.path}`, result.gates.map(gateCase), all);
}

function gateCase({ name, pass, value, limit }: Gate): JUnitCase {
  return { name, failure: pass ? undefined : `${value}, and at most ${limit} was to be` };
}
