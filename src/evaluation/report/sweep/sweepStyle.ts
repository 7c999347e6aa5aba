/** What only the page about a sweep needs. */
export const sweepStyle = `
.chart.coordinates path{fill:none;stroke-width:1.5}
.coordinates path.weak{stroke:var(--muted);opacity:.3}
.coordinates path.strong{stroke:var(--accent);opacity:.75}
.coordinates .axis{stroke:var(--ink)}
.coordinates text{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.coordinates .title{fill:var(--ink)}
@media (max-width:32rem){.coordinates{overflow-x:auto}.chart.coordinates svg{min-width:36rem}}`;
