/** The style sheet of the HTML report: system fonts, light and dark by the reader's setting, narrow screens included. */
export const styleSheet = `
:root { color-scheme: light dark; --text: #1c2330; --soft: #5b6472; --page: #ffffff; --line: #dde2ea;
  --track: #e9edf3; --kept: #2563c9; --index: #d97706; --rest: #8a94a3; --pass: #15803d; --fail: #b91c1c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ef; --soft: #a3acba; --page: #12161d; --line: #2c3440;
    --track: #232a35; --kept: #6ea4f7; --index: #f2ab4b; --rest: #7b8694; --pass: #4ade80; --fail: #f87171; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); overflow-wrap: anywhere; }
.pass { color: var(--pass); font-weight: 600; } .fail { color: var(--fail); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
.number { text-align: right; white-space: nowrap; } .wide { width: 35%; min-width: 7rem; }
.path { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .85rem; }
.bar { display: block; width: 100%; height: .8em; } .track { fill: var(--track); }
.kept { fill: var(--kept); } .index { fill: var(--index); } .rest { fill: var(--rest); }
figure { margin: .5rem 0; } .chart { display: block; width: 100%; min-width: 28rem; height: auto; }
.rule { stroke: var(--line); } .tick { fill: var(--soft); font-size: 11px; dominant-baseline: middle; }
.end { text-anchor: end; } .middle { text-anchor: middle; }
.forecast { fill: none; stroke: var(--rest); stroke-width: 1.5; } .key .forecast { fill: var(--rest); stroke: none; }
.tried { fill: var(--kept); } .result { fill: var(--index); }
.key { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; }
`;
