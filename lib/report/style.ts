/** The style sheet of the HTML report: system fonts, light and dark by the reader's setting, narrow screens included. */
export const styleSheet = `
:root { color-scheme: light dark; --text: #1c2330; --soft: #5b6472; --page: #ffffff; --line: #dde2ea;
  --track: #e9edf3; --kept: #2563c9; --pass: #15803d; --fail: #b91c1c;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #009e73; --series-3: #b3478b; --series-4: #b07d00;
  --series-5: #3a9bd0; --series-6: #6b5b95; --series-7: #4d5562; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ef; --soft: #a3acba; --page: #12161d; --line: #2c3440;
    --track: #232a35; --kept: #6ea4f7; --pass: #4ade80; --fail: #f87171;
    --series-0: #5ab4f0; --series-1: #ff8c42; --series-2: #3ccf9f; --series-3: #e08cc0; --series-4: #e6b93c;
    --series-5: #8fd3ff; --series-6: #b3a2dc; --series-7: #aab3c2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); overflow-wrap: anywhere; }
.pass { color: var(--pass); font-weight: 600; } .fail { color: var(--fail); font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: baseline; }
.number { text-align: right; white-space: nowrap; } .wide { width: 35%; min-width: 7rem; }
.path { overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .85rem; }
.bar { display: block; width: 100%; height: .8em; } .track { fill: var(--track); }
.kept { fill: var(--kept); }
.chart, .map { display: block; max-width: none; margin: .5rem 0; }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; } details { margin: .25rem 0 .75rem; } summary { cursor: pointer; color: var(--soft); }
.shade-0 { fill: var(--track); } .shade-1, .shade-2, .shade-3, .shade-4 { fill: var(--kept); }
.shade-1 { fill-opacity: .3; } .shade-2 { fill-opacity: .5; } .shade-3 { fill-opacity: .75; }
@media print { details > * { display: block; } .scroll { overflow: visible; } }
`;
