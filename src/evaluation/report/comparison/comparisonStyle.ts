/** What pages about comparisons and sweeps add to the common style. */
export const comparisonStyle = `
.chart.intervals svg{max-width:42rem}
.intervals .name{fill:var(--ink);font-size:12px}
.intervals .range{stroke:var(--muted);stroke-width:3;stroke-linecap:round}
.intervals .run{stroke:var(--muted);stroke-width:1.5}
.intervals .dot{fill:var(--surface);stroke:var(--muted);stroke-width:2.5}
.intervals .strong .range{stroke:var(--accent)}.intervals .strong .run{stroke:var(--accent)}
.intervals .strong .dot{fill:var(--accent);stroke:var(--accent)}
.intervals .zero{stroke:var(--ink);stroke-dasharray:3 3}
.verdicts{margin:0 0 1.25rem;padding:0;list-style:none;max-width:50rem}
.verdicts li{padding:.35rem 0 .35rem 1rem;border-left:3px solid var(--line);margin-bottom:.4rem}
.verdicts li.better,.verdicts li.worse{border-left-color:var(--accent)}
.bars{display:flex;height:.85rem;border-radius:3px;overflow:hidden;background:var(--page);min-width:9rem}
.bars i{display:block;height:100%}
.part1{background:var(--accent)}.part2{background:var(--warm)}.part3{background:var(--muted)}.part4{background:var(--line)}
.keys{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:0 0 .75rem;font-size:.875rem;color:var(--muted)}
.keys i{display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin-right:.4rem;vertical-align:-1px}
td small{color:var(--muted);display:block;white-space:nowrap}
.method{min-width:7rem}
.wider th[scope=row]{white-space:nowrap}
@media (max-width:32rem){.chart.intervals text{font-size:13px}.chart.intervals .name{font-size:13px}}
@media print{.bars i{-webkit-print-color-adjust:exact;print-color-adjust:exact}}`;
