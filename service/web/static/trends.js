// Draws the trend lines from the page's own data block; a click on a point opens the interactions it counts.
(() => {
  const place = document.getElementById("trend-chart");
  const block = document.getElementById("trend-data");
  if (!place || !block || typeof echarts === "undefined") return;
  const data = JSON.parse(block.textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const text = (name, size = 13) => ({ color: colour(name), fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily });
  // Told apart by shape as well as by colour; both grounds leave them enough contrast.
  const palette = ["#0d8f86", "#d9622b", "#5f74dd", "#b8860b", "#a050b4", "#4a9440", "#d64c86", "#6f8296"];
  const shapes = ["circle", "rect", "triangle", "diamond"];
  const narrow = () => place.clientWidth < 560;

  // A point with under 95 % of its contacts analysed is drawn open: a backlog must not look like a falling reason.
  const point = (shape) => (p) => ({
    value: p.value,
    contacts: p.contacts,
    low: p.low,
    high: p.high,
    href: p.href,
    complete: p.complete,
    symbol: p.complete ? shape : `empty${shape[0].toUpperCase()}${shape.slice(1)}`,
  });

  const shown = (value) => (data.percent ? `${+(100 * value).toFixed(1)} %` : data.counts ? `${value}` : `${+value.toFixed(2)}`);
  const told = (p) => {
    const sure = p.data.low == null || p.data.high == null ? "" : ` (${shown(p.data.low)} to ${shown(p.data.high)})`;
    const of = data.counts ? "" : `\n${p.data.contacts} contacts`;
    return `${p.seriesName}\n${p.name}: ${shown(p.value)}${data.counts ? "" : sure}${of}${p.data.complete ? "" : "\nstill being analysed"}`;
  };

  const line = (s, index) => ({
    name: s.rising ? `${s.name} ▲` : s.name,
    type: "line",
    symbol: shapes[index % shapes.length],
    symbolSize: s.rising ? 10 : 8,
    lineStyle: { width: s.rising ? 4 : 1.75 },
    z: s.rising ? 4 : 2,
    emphasis: { focus: "series" },
    blur: { lineStyle: { opacity: 0.15 }, itemStyle: { opacity: 0.15 } },
    data: s.points.map(point(shapes[index % shapes.length])),
  });

  const legend = () => ({
    orient: narrow() ? "vertical" : "horizontal",
    bottom: 0,
    left: 0,
    itemGap: narrow() ? 8 : 18,
    textStyle: { ...text("--ink"), width: narrow() ? place.clientWidth - 60 : 320, overflow: "truncate" },
  });

  const options = () => ({
    color: palette,
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    grid: { left: 8, right: 16, top: 16, bottom: narrow() ? 18 + 21 * data.series.length : data.series.length > 4 ? 84 : 60, containLabel: true },
    legend: legend(),
    tooltip: { trigger: "item", renderMode: "richText", textStyle: text("--ink", 14), backgroundColor: colour("--card"), borderColor: colour("--line"), formatter: told },
    xAxis: { type: "category", data: data.buckets, boundaryGap: false, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { ...text("--ink-soft"), hideOverlap: true, margin: 12 } },
    yAxis: { type: "value", minInterval: data.counts ? 1 : undefined, scale: !data.counts && !data.percent, splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { ...text("--ink-soft"), formatter: shown } },
    series: data.series.map(line),
  });

  const chart = echarts.init(place, null, { renderer: "canvas" });
  const draw = () => { chart.resize(); chart.setOption(options(), true); };
  chart.on("finished", () => { place.dataset.ready = "true"; });
  draw();
  chart.on("click", (p) => { if (p.data && p.data.href) location.assign(p.data.href); });
  addEventListener("resize", draw);
  dark.addEventListener("change", draw);
})();
