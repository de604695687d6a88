/** The style of report.html, in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --page: #ffffff; --best: #dafbe1; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --page: #0d1117; --best: #12361f; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1100px; padding: 24px 16px 64px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; overflow-wrap: anywhere; }
h2 { margin: 40px 0 12px; font-size: 19px; }
h3 { margin: 24px 0 8px; font-size: 15px; }
p { margin: 8px 0; }
code { overflow-wrap: anywhere; }
small, .note, header p { color: var(--quiet); }
.note { max-width: 75ch; font-size: 13px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
th small { display: block; font-weight: 400; }
td small { display: block; }
td, tbody th { white-space: nowrap; }
details { margin: 8px 0; }
summary { cursor: pointer; font-weight: 600; }
.settings td { white-space: normal; overflow-wrap: anywhere; }
.number { text-align: right; }
.best { background: var(--best); font-weight: 600; }
.best small { font-weight: 400; }
.baseline th { font-weight: 400; font-style: italic; }
th i, li i { display: inline-block; width: 10px; height: 10px; margin-right: 8px; border-radius: 2px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 16px; }
figure { margin: 0; }
figcaption { font-weight: 600; overflow-wrap: anywhere; }
figcaption small { display: block; font-weight: 400; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; }
svg path { fill: none; stroke-width: 2; }
svg .grid { stroke: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 8px 0; padding: 0; list-style: none; }
.legend .dashed i { height: 3px; vertical-align: middle; }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 200px), 240px)); gap: 16px; }
.examples img { display: block; max-width: 100%; }
`;
