import { dark, heatColors, heatSteps, light, type Palette, seriesColors } from "./palette.ts";

/** The page's whole style; no file, font or address from outside. */
export function styleSheet(): string {
  return `:root{color-scheme:light dark;${variables(light)}}
${heatRules(light)}
${seriesRules()}
@media (prefers-color-scheme:dark){:root{${variables(dark)}}
${heatRules(dark)}}
${layout}`;
}

function variables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color}`)
    .join(";");
}

function heatRules(palette: Palette): string {
  return Array.from({ length: heatSteps }, (_, index) => {
    const step = index + 1;
    const rule = (name: string, color: string) => {
      const { ground, text } = heatColors(palette, color, step);
      return `.${name}${step}{background:${ground};color:${text};fill:${ground}}`;
    };
    return rule("hit", palette.accent) + rule("miss", palette.warm);
  }).join("\n");
}

/** Lines and bars have a series' colour, and so do its key and its marks. */
function seriesRules(): string {
  const names = [...Array.from({ length: seriesColors }, (_, index) => `c${index + 1}`), "quiet"];
  return names
    .map((name) => {
      const color = name === "quiet" ? "var(--muted)" : `var(--${name})`;
      return (
        `.chart path.${name},.chart line.${name},.chart circle.${name}{stroke:${color}}` +
        `.chart .band.${name},.chart .bar.${name},.chart .dot.${name}{fill:${color}}.part.${name}{background:${color}}.key.${name} i{border-color:${color};color:${color}}`
      );
    })
    .join("\n");
}

const layout = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:break-word}
dd,li,.file,pre{overflow-wrap:anywhere}
main,header,footer{max-width:72rem;margin:0 auto;padding:0 2rem}
header{padding-top:2.5rem}
h1{font-size:1rem;font-weight:600;margin:0}
h2{font-size:1.15rem;font-weight:650;margin:0 0 1rem}
p{margin:0 0 .75rem;max-width:44rem}
.muted,.caption,caption,figcaption,footer{color:var(--muted)}
.small{font-size:.875rem}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.scroll{overflow-x:auto;background:linear-gradient(90deg,var(--surface) 30%,transparent) 0 0,linear-gradient(270deg,var(--surface) 30%,transparent) 100% 0,linear-gradient(90deg,var(--line),transparent) 0 0,linear-gradient(270deg,var(--line),transparent) 100% 0;background-size:2.5rem 100%,2.5rem 100%,.75rem 100%,.75rem 100%;background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
section{background:var(--surface);border:1px solid var(--line);border-radius:10px;padding:1.75rem 2rem;margin:1.25rem 0}
.block+.block{margin-top:1.25rem}
.block>p:last-child{margin-bottom:0}
.answer{display:grid;grid-template-columns:minmax(0,7fr) minmax(0,5fr);gap:2.5rem;align-items:center}
.answer.alone{grid-template-columns:minmax(0,1fr)}
.answer .sentence{font-size:clamp(1.35rem,2.4vw,1.85rem);line-height:1.3;letter-spacing:-.012em;font-weight:600;margin-bottom:.9rem}
.answer h2{font-size:.875rem;margin:0 0 .5rem}
.three{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:1.25rem;margin:1.75rem 0 0;border-top:1px solid var(--line);padding-top:1.25rem}
.three div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.three dt{font-size:.875rem;color:var(--muted);line-height:1.4}
.three dd{margin:0;white-space:nowrap;font-size:1.75rem;font-weight:650;letter-spacing:-.02em;line-height:1.25;font-variant-numeric:tabular-nums}
.three dd.right{color:var(--accent)}.three dd.right{color:var(--accent)}.wrong{color:var(--warm)}
figure{margin:0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9375rem}
.caption,caption,figcaption{text-align:left;font-size:.875rem;padding-bottom:.5rem}
th{font-weight:600;text-align:left}
.list{width:100%}.narrow{max-width:44rem}
.list th,.list td{padding:.4rem 1rem .4rem 0;border-bottom:1px solid var(--line);vertical-align:top}
.list tr:last-child>*{border-bottom:0}
.list thead th{color:var(--muted);font-weight:500;font-size:.875rem;vertical-align:bottom}
.caption{margin:0;max-width:none}
.caption+.legend{font-size:.875rem;padding-bottom:.75rem}
.list .number{text-align:right;white-space:nowrap}
.list thead .number{white-space:normal;min-width:4rem}
.list small{display:block;color:var(--muted);font-size:.8125rem}
.list tbody th{font-weight:500}
.list tr>:last-child{padding-right:0}
.gap:not(:empty){margin-top:1.5rem}
.matrix table{border-collapse:separate;border-spacing:3px;width:100%;table-layout:fixed}
.matrix td{text-align:center;border-radius:5px;height:2.6rem;padding:0 .2rem}
.matrix.few tbody td{height:4.5rem;font-size:1.25rem}
.matrix.few tbody th,.matrix.few thead td{width:22%}
.matrix thead td{height:auto}
.matrix .none{color:var(--muted);background:var(--page)}
.matrix th span{display:block;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.matrix th{font-weight:500;font-size:.875rem;padding:.2rem .3rem}
.matrix thead th{text-align:center}
.matrix.some thead th span,.matrix.many thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:7rem;margin:0 auto;text-align:left}
.matrix.some thead th,.matrix.many thead th{vertical-align:bottom;padding:.2rem 0}
.matrix.some tbody th,.matrix.some thead td{width:24%}
.matrix.many table{border-spacing:2px;font-size:.75rem}
.matrix.many td{height:1.65rem;border-radius:3px;padding:0}
.matrix.many th{font-size:.75rem}
.matrix.many tbody th,.matrix.many thead td{width:22%}
.matrix.picture svg{width:100%;max-height:26rem;display:block}
.matrix .frame{fill:var(--page);stroke:var(--line);stroke-width:.1}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:2rem}
.charts.triple{grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr))}.charts.triple text{font-size:16px}
@supports (grid-template-rows:subgrid){.charts{row-gap:0}.charts .chart{display:grid;grid-row:span 3;grid-template-rows:subgrid;align-content:start;margin-bottom:1.5rem}.charts{margin-bottom:-1.5rem}}
.whole{white-space:nowrap}
.chart figcaption{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;color:var(--ink);font-weight:500}
.chart svg{width:100%;height:auto;display:block;overflow:visible}
.chart text{font-size:12px;fill:var(--muted);font-variant-numeric:tabular-nums}
.chart text.best{fill:var(--ink);paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.chart.large{max-width:52rem}
.chart .grid{stroke:var(--line)}
.chart path{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.chart path.dashed{stroke-dasharray:5 4}
.chart path.guide{stroke-width:1.25;stroke-dasharray:2 4}
.chart path.dots{stroke-width:4;opacity:.55}.chart path.dots.strong{stroke-width:6;opacity:.9}.chart circle.many{fill-opacity:.5;stroke-opacity:.5}
.chart path.band{stroke:none;opacity:.16}
.chart line.range{stroke-width:1.5}
.chart circle.best{fill:var(--surface);stroke-width:2}
.chart .axis{font-size:12px}
.legend{display:flex;flex-wrap:wrap;gap:.1rem 1rem;font-weight:400;color:var(--muted)}
.key{white-space:nowrap}
.key i{display:inline-block;width:1.4rem;height:0;border-top:2px solid;vertical-align:middle;margin-right:.4rem}
.key.dashed i{border-top-style:dashed}.key.guide i{border-top-style:dotted}
.key.points i{width:.55rem;height:.55rem;border:0;border-radius:50%;background:currentColor}
.key.hollow i{width:.6rem;height:.6rem;border:2px solid;border-radius:50%}
.chart.intervals{max-width:36rem}.chart.coordinates{max-width:52rem}
.chart.intervals line.range{stroke-width:3;stroke-linecap:round}
.chart.intervals circle.dot{stroke-width:2.5}.chart.intervals circle.hollow{fill:var(--surface)}
.chart line.zero{stroke:var(--ink);stroke-dasharray:3 3}
.chart text.name{fill:var(--ink)}
.chart.coordinates path{stroke-width:1.5;opacity:.75}.chart.coordinates path.quiet{opacity:.35}
.chart.coordinates line.upright{stroke:var(--ink)}
.chart.coordinates .panels{display:none;gap:1.25rem}.panels circle{stroke:none;fill-opacity:.75}.panels circle.quiet{fill-opacity:.4}
.chart.coordinates text,.chart.intervals text.name{paint-order:stroke;stroke:var(--surface);stroke-width:4px;stroke-linejoin:round}
.key.bars i{width:.7rem;height:.7rem;border:0;background:currentColor}
details{margin-top:.5rem;font-size:.9375rem}
summary{cursor:pointer;color:var(--muted);font-size:.875rem}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
.chart details table{margin-top:.5rem}
.chart details th,.chart details td{padding:.15rem 1.25rem .15rem 0;text-align:right}
.meter{display:block;height:.5rem;margin-top:.45rem;background:var(--page);border-radius:3px;min-width:4rem}
.meter i{display:block;height:100%;border-radius:3px;background:var(--accent)}
.meter.parts{display:flex;height:.8rem;margin-top:.3rem;overflow:hidden}.meter .part{border-radius:0}
.wide{width:40%}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.75rem,1fr));gap:1.5rem 1.25rem;padding:0;margin:0;list-style:none}
.gallery img,.gallery .blank{display:block;width:100%;height:auto;aspect-ratio:1;object-fit:cover;border-radius:6px;background:var(--page);border:1px solid var(--line)}
.gallery.pairs{grid-template-columns:repeat(auto-fill,minmax(min(100%,17.5rem),1fr))}
.two{display:grid;grid-template-columns:1fr 1fr;gap:.375rem}.pairs .two+p{margin-top:.5rem}
.gallery p{margin:0;font-size:.875rem;line-height:1.4}
.gallery img+p,.gallery .blank+p{margin-top:.5rem}
.gallery .file{margin-top:.3rem;color:var(--muted);font-size:.8125rem}
.right{color:var(--accent)}.wrong{color:var(--warm)}
pre{background:var(--page);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;margin:0 0 1.25rem;white-space:pre-wrap;font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.4rem 1.5rem;margin:0;font-size:.9375rem}
.facts dt{color:var(--muted)}.facts dd{margin:0}
ul.plain{margin:0 0 1rem;padding-left:1.2rem}
.pair{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:2.5rem}
footer{font-size:.8125rem;padding-bottom:3rem}
@media (max-width:52rem){.answer,.pair{grid-template-columns:minmax(0,1fr);gap:1.75rem}}
@media (max-width:32rem){main,header,footer{padding-left:1rem;padding-right:1rem}header{padding-top:1.25rem}
section{padding:1.25rem 1rem;margin:.875rem 0}
.three{gap:.75rem}.three dd{font-size:1.35rem;white-space:normal}.three dt{font-size:.8125rem}
.gallery{grid-template-columns:repeat(2,minmax(0,1fr))}.gallery.pairs{grid-template-columns:minmax(0,1fr)}
.facts{grid-template-columns:minmax(0,1fr);gap:0}.facts dd{margin-bottom:.6rem}
.chart text,.chart .axis{font-size:14px}.chart.large text,.chart.large .axis{font-size:21px}.key{white-space:normal}.list,.list thead th{font-size:.8125rem}.list th,.list td{padding-right:.5rem}.list tbody th{max-width:9rem}.wide,.caption+.legend{display:none}
.chart.coordinates svg.lines{display:none}.chart.coordinates .panels{display:grid}}
@page{margin:14mm 12mm}
@media print{:root{color-scheme:light;${variables(light)}}body{background:#fff;font-size:10.5pt}
main,header,footer{max-width:none;padding:0}header{padding-top:0}h2,.caption{break-after:avoid}
section{break-inside:avoid;border-color:#bbb;padding:1.1rem 1.25rem;margin:.75rem 0}section.long{break-inside:auto}
.answer{grid-template-columns:minmax(0,7fr) minmax(0,5fr);gap:1.5rem}.answer .sentence{font-size:1.3rem}
.three{gap:.75rem}.three dd{font-size:1.3rem}.three dt{font-size:.8125rem}
.block .charts{grid-template-columns:1fr 1fr;column-gap:1.5rem}.block .charts.triple{grid-template-columns:1fr 1fr 1fr}.block .charts:has(>:only-child){grid-template-columns:1fr}
.charts{break-inside:avoid}.charts .chart{display:block;break-inside:avoid}.block .charts.triple text{font-size:18px}
.scroll{overflow:visible;background:none}.block:not(:last-child):has(>p:only-child){break-after:avoid}p{break-inside:avoid}.list{font-size:9pt}.list thead th,.list small{font-size:8pt}.list th,.list td{padding:.25rem .5rem .25rem 0}.list tr{break-inside:avoid}
[class^=hit],[class^=miss],.meter i,.key i,.none{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.gallery{grid-template-columns:repeat(5,minmax(0,1fr));gap:.9rem .75rem}.gallery.pairs{grid-template-columns:repeat(3,minmax(0,1fr))}.answer .gallery.pairs{grid-template-columns:minmax(0,1fr)}
.gallery p{font-size:8.5pt}.gallery .file{font-size:7.5pt}.gallery li{break-inside:avoid}details:not([open]){display:none}}`;
