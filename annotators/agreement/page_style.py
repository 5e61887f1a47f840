"""The look of the page: light or dark as the reader's system has it, on a phone as on a desk."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --back: #fbfaf8; --card: #fff; --ink: #1d2430; --soft: #5b6573; --line: #dcdfe4;
  --data: #0b5cad; --data-rgb: 11, 92, 173; --warn: #b45309; --warn-rgb: 230, 140, 20; --band: #eceff4;
  --band2: #dfe5ee; }
@media (prefers-color-scheme: dark) { :root { --back: #14171c; --card: #1c2027; --ink: #e6e9ee; --soft: #a2abb8;
  --line: #343b46; --data: #7cb7f5; --data-rgb: 88, 160, 235; --warn: #f2a541; --warn-rgb: 240, 160, 50;
  --band: #262c36; --band2: #303846; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0 .25rem; }
h2 { font-size: 1.15rem; margin: 0 0 .25rem; }
p { margin: .35rem 0 .75rem; max-width: 46rem; }
.soft, caption, .reason { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.1rem;
  margin: 1rem 0; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .8rem 1rem; }
.card b { display: block; font-size: 1.9rem; font-weight: 650; line-height: 1.15; font-variant-numeric: tabular-nums; }
.card span { color: var(--soft); font-size: .88rem; display: block; }
.scroll { overflow-x: auto; margin: .5rem -.25rem; padding: 0 .25rem; }
.scroll:focus-visible { outline: 2px solid var(--data); border-radius: .25rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-size: .85rem; padding-bottom: .3rem; }
th, td { padding: .35rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
thead th { color: var(--soft); font-weight: 550; vertical-align: bottom; }
th:first-child { text-align: left; font-weight: 550; position: sticky; left: 0; background: var(--card);
  min-width: 7rem; max-width: 22rem; white-space: normal; overflow-wrap: anywhere; }
.heat th, .heat td { text-align: center; padding: .35rem .55rem; }
.heat td { border: 1px solid var(--line); min-width: 3.4rem; }
.heat td.own { color: var(--soft);
  background: repeating-linear-gradient(135deg, transparent 0 5px, var(--band2) 5px 7px); }
.bar { display: inline-flex; align-items: center; gap: .45rem; }
.bar i { display: inline-block; width: 5rem; height: .6rem; border-radius: .3rem; background: var(--band2); }
.bar i b { display: block; height: 100%; border-radius: .3rem; background: var(--data); }
svg { display: inline-block; vertical-align: middle; }
svg .zone { fill: var(--band); } svg .zone2 { fill: var(--band2); } svg .rule { stroke: var(--line); }
svg .whisker { stroke: var(--data); stroke-width: 2.5; stroke-linecap: round; } svg .dot { fill: var(--data); }
svg text { fill: var(--soft); font-size: 11px; font-family: inherit; }
svg .path { stroke: var(--data); stroke-width: 1.25; fill: none; stroke-dasharray: 3 3; opacity: .6; }
article { border-top: 1px solid var(--line); padding: .8rem 0 .5rem; }
article:first-of-type { border-top: 0; }
article h3 { margin: 0 0 .35rem; font-size: .88rem; font-weight: 550; color: var(--soft); overflow-wrap: anywhere; }
.words { display: flex; flex-wrap: wrap; gap: .3rem .45rem; align-items: flex-start; font-size: 1.05rem; }
.words > span { display: inline-flex; flex-direction: column; padding: .1rem .15rem; max-width: 100%;
  overflow-wrap: anywhere; }
.words .apart { border: 1.5px solid var(--warn); border-radius: .4rem; padding: .1rem .4rem;
  background: rgba(var(--warn-rgb), .13); }
.words small { font-size: .72rem; color: var(--soft); line-height: 1.25; }
.words .apart small { color: var(--ink); }
details { margin-top: .45rem; font-size: .88rem; }
summary { cursor: pointer; color: var(--soft); }
code { font-size: .82em; overflow-wrap: anywhere; }
.key { font-size: .85rem; color: var(--soft); }
footer { color: var(--soft); font-size: .85rem; }
@media (max-width: 40rem) { section { padding: .85rem .8rem; } th, td { padding: .3rem .45rem; }
  th:first-child { max-width: 9rem; } main { padding: .75rem .6rem 3rem; } }
@media print { section { break-inside: avoid; } .scroll { overflow: visible; } }
"""
"""Style sheet; blues and one orange, which people of every colour vision tell apart, and never colour alone."""
