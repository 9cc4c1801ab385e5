#include "runtime/report/page/style.hpp"

namespace mlp {
namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5d6879; --rule: #e3e7ed; --page: #f7f8fa;
  --card: #ffffff; --accent: #35679a; --bad: #b8433b; --good: #3f8152; --warn: #a36a12;
  --c1: #4e79a7; --c2: #e0a03a; --c3: #5b9f68; --c4: #a777a5; --c5: #d4635f; --c6: #4fa3a5;
  --c7: #8f7a66; --c8: #7f8fc9; --c9: #b3bac4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #98a3b3; --rule: #2a323e;
  --page: #10141a; --card: #171c24; --accent: #7fb0dd; --bad: #e0807a; --good: #7bbd8c;
  --warn: #d9a657; --c1: #6d9bcb; --c2: #dfae5c; --c3: #79b986; --c4: #bd93bb; --c5: #de8480;
  --c6: #6fbdbf; --c7: #ad9a87; --c8: #9aa8dd; --c9: #5b6675; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink);
  background: var(--page); margin: 0; }
header, nav, main, footer { max-width: 1080px; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.5rem; font-weight: 650; letter-spacing: -.01em; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; font-weight: 650; margin: 0 0 .15rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 1.2rem 0 .3rem; }
p { margin: .2rem 0 .8rem; } .soft { color: var(--soft); }
nav { position: sticky; top: 0; z-index: 2; background: var(--page); padding-top: .5rem;
  padding-bottom: .5rem; white-space: nowrap; overflow-x: auto; scrollbar-width: none;
  border-bottom: 1px solid var(--rule); }
nav a { color: var(--soft); text-decoration: none; margin-right: 1.1rem; font-size: .9rem; }
nav a:hover, nav a:focus { color: var(--accent); }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: 1.2rem 1.3rem; margin: 1.1rem 0; scroll-margin-top: 3rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem;
  margin: 1.2rem 0 1rem; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
  padding: .7rem .9rem .6rem; }
.tile b { display: block; font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em;
  font-variant-numeric: tabular-nums; }
.tile span { color: var(--soft); font-size: .85rem; }
.spark { display: block; width: 100%; height: 22px; margin-top: .35rem; }
.spark path { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke;
  opacity: .75; }
figure { margin: 1.3rem 0 1.6rem; } figure:last-child { margin-bottom: .3rem; }
figcaption { font-weight: 600; font-size: .95rem; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: .15rem 0 .5rem;
  padding: 0; font-size: .85rem; color: var(--soft); }
.key { display: inline-block; width: .65em; height: .65em; border-radius: 2px; margin-right: .4em; }
.plot { display: grid; grid-template-columns: 3.7rem 1fr; margin-top: .7rem; }
.y { position: relative; height: 190px; }
.y span { position: absolute; right: .6rem; transform: translateY(50%); font-size: .78rem;
  color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.y em { position: absolute; left: 3.9rem; transform: translateY(-2px); font-size: .78rem; z-index: 1;
  color: var(--bad); font-style: normal; white-space: nowrap; }
.area { position: relative; height: 190px; }
.area svg { width: 100%; height: 100%; display: block; overflow: visible; }
.low .y, .low .area { height: 84px; }
.grid { stroke: var(--rule); fill: none; vector-effect: non-scaling-stroke; }
.level { stroke: var(--bad); stroke-dasharray: 5 4; fill: none; vector-effect: non-scaling-stroke; }
.line { fill: none; stroke-width: 1.8; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.point rect { fill: transparent; } .point rect:hover { fill: var(--ink); opacity: .07; }
.x { grid-column: 2; position: relative; height: 1.5rem; font-size: .78rem; color: var(--soft); }
.x span { position: absolute; top: .25rem; white-space: nowrap; }
.x span::before { content: ""; position: absolute; left: 0; top: -.25rem; height: .25rem;
  border-left: 1px solid var(--soft); opacity: .6; }
.mark { position: absolute; width: 11px; height: 11px; border: 2px solid var(--bad);
  border-radius: 50%; transform: translate(-50%, 50%); background: var(--card); }
.found { list-style: none; margin: .3rem 0 0; padding: 0 0 0 3.7rem; font-size: .85rem;
  color: var(--soft); }
.found li::before { content: ""; display: inline-block; width: 7px; height: 7px; margin-right: .5em;
  border: 2px solid var(--bad); border-radius: 50%; vertical-align: 1px; }
.found b { color: var(--bad); font-weight: 600; }
.c1 { --c: var(--c1); } .c2 { --c: var(--c2); } .c3 { --c: var(--c3); } .c4 { --c: var(--c4); }
.c5 { --c: var(--c5); } .c6 { --c: var(--c6); } .c7 { --c: var(--c7); } .c8 { --c: var(--c8); }
.c9 { --c: var(--c9); } .fill { fill: var(--c); } .line { stroke: var(--c); } .key { background: var(--c); }
details { margin: .5rem 0 0; font-size: .9rem; } summary { color: var(--accent); cursor: pointer;
  width: fit-content; }
details .wide { max-height: 22rem; overflow-y: auto; margin-top: .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem; }
caption { text-align: left; color: var(--soft); font-size: .85rem; padding-bottom: .2rem; }
th, td { padding: .32rem .7rem; text-align: right; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 500; position: sticky; top: 0; background: var(--card); }
tbody th { font-weight: 500; } tbody tr { border-top: 1px solid var(--rule); }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.bars { list-style: none; margin: .4rem 0; padding: 0; }
.bars li { margin: .75rem 0; } .bars .head { display: flex; flex-wrap: wrap; gap: 0 1rem;
  justify-content: space-between; } .bars .head span { color: var(--soft); font-size: .88rem; }
.track { position: relative; height: 10px; border-radius: 5px; background: var(--rule); margin: .3rem 0 .2rem;
  overflow: hidden; }
.track i { position: absolute; top: 0; bottom: 0; left: 0; background: var(--c, var(--accent)); }
.track .ghost { opacity: .35; } .track u { position: absolute; top: 0; bottom: 0; width: 2px;
  background: var(--ink); }
.over, .bars .head .over { color: var(--bad); font-weight: 600; } .ok, .bars .head .ok { color: var(--good); }
.dates { list-style: none; margin: .4rem 0; padding: 0; }
.dates li { display: grid; grid-template-columns: 6.6rem 6.2rem 1fr; gap: 0 .8rem; padding: .45rem 0;
  border-top: 1px solid var(--rule); align-items: baseline; }
.dates time { font-variant-numeric: tabular-nums; } .dates h3 { margin-top: 1rem; }
.tag { display: inline-block; font-size: .78rem; padding: .05rem .5rem; border-radius: 1rem;
  border: 1px solid currentColor; color: var(--soft); width: max-content; }
.tag.retires { color: var(--bad); } .tag.deprecated { color: var(--warn); } .tag.price { color: var(--accent); }
.advice { list-style: none; margin: .4rem 0; padding: 0; }
.advice li { border-top: 1px solid var(--rule); padding: .7rem 0; }
.advice li:first-child { border-top: 0; } .advice b { font-weight: 600; }
.advice .saves { float: right; color: var(--good); font-weight: 600; margin-left: 1rem; }
.advice p { margin: .15rem 0; }
pre, code { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
code { overflow-wrap: anywhere; }
pre { background: var(--page); border: 1px solid var(--rule); border-radius: 6px; margin: .5rem 0;
  padding: .6rem .8rem; }
.note { border-left: 3px solid var(--warn); padding-left: .7rem; margin: .4rem 0; }
.note.say { border-color: var(--accent); margin: .7rem 0; }
.note.alarm { border-color: var(--bad); }
article + article { border-top: 1px solid var(--rule); margin-top: 1.6rem; padding-top: .4rem; }
article h3 { font-size: 1.05rem; margin: .9rem 0 .1rem; } h3 .tag { vertical-align: 2px; margin-left: .4rem; }
.tag.on { color: var(--accent); } .tag.done { color: var(--good); }
.ramp { list-style: none; display: flex; flex-wrap: wrap; gap: .35rem; margin: .5rem 0 1rem; padding: 0;
  font-size: .85rem; }
.ramp li { border: 1px solid var(--rule); border-radius: 5px; color: var(--soft); padding: .1rem .55rem; }
.ramp .past { border-color: var(--accent); color: var(--ink); }
.ramp .here { background: var(--accent); border-color: var(--accent); color: var(--card); }
.log { list-style: none; margin: 1rem 0; padding: 0; font-size: .9rem; }
.log li { display: grid; grid-template-columns: 8.6rem 1fr; gap: 0 .8rem; padding: .35rem 0;
  border-top: 1px solid var(--rule); }
.log time { color: var(--soft); font-variant-numeric: tabular-nums; }
.log .soft { display: block; overflow-wrap: anywhere; }
.forest { max-width: 46rem; margin: 1.1rem 0; } .forest ul { list-style: none; margin: .2rem 0 0; padding: 0; }
.forest li { margin: .5rem 0 .2rem; } .forest .head { display: flex; flex-wrap: wrap; gap: 0 1rem;
  justify-content: space-between; font-size: .88rem; } .forest .head span { color: var(--soft); }
.forest .head b { font-weight: 500; font-variant-numeric: tabular-nums; }
.forest .open { --c: var(--c9); } .forest .good { --c: var(--good); } .forest .bad { --c: var(--bad); }
.forest .good b, .forest .bad b { color: var(--c); font-weight: 600; }
.range { position: relative; height: 20px; border-radius: 4px; background: var(--page); }
.range u { position: absolute; top: 0; bottom: 0; left: 50%; border-left: 1px dashed var(--soft); }
.range i { position: absolute; top: 6px; bottom: 6px; border-radius: 4px; background: var(--c); }
.range s { position: absolute; top: 3px; bottom: 3px; width: 3px; margin-left: -1.5px;
  border-radius: 2px; background: var(--ink); }
.ends { display: flex; justify-content: space-between; color: var(--soft); font-size: .78rem;
  font-variant-numeric: tabular-nums; }
.method { color: var(--soft); font-size: .85rem; margin: .6rem 0; padding-left: 1.1rem; }
footer { color: var(--soft); font-size: .85rem; padding-top: .6rem; padding-bottom: 2.5rem; }
@media (max-width: 560px) {
  header, nav, main, footer { padding-left: .9rem; padding-right: .9rem; }
  section { padding: 1rem .9rem; } .y, .area { height: 160px; }
  .plot { grid-template-columns: 3.1rem 1fr; } .y em { left: 3.3rem; } .found { padding-left: 0; }
  .tiles { grid-template-columns: 1fr 1fr; } .dates li { grid-template-columns: 1fr auto; }
  .dates li > :last-child { grid-column: 1 / -1; } .log li { grid-template-columns: 1fr; }
  .advice .saves { float: none; display: block; margin: 0; } .x span:nth-child(even) { display: none; }
}
@media print { nav { display: none; } section { break-inside: avoid; } }
)css";

}  // namespace

std::string_view PageStyle() noexcept { return kStyle; }

}  // namespace mlp
