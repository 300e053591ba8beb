// Draws the trend lines from the page's own data block; a click on a point opens the interactions it counts.
(() => {
  const place = document.getElementById("trend-chart");
  const block = document.getElementById("trend-data");
  if (!place || !block || typeof echarts === "undefined") return;
  const data = JSON.parse(block.textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const palette = ["#0b8a86", "#c8553d", "#5b6fd6", "#b58900", "#8a4fa3", "#3d8f4c", "#c2417c", "#4d7ea8", "#7a6a53", "#999999"];
  const narrow = () => place.clientWidth < 560;

  // A point with under 95 % of its contacts analysed is drawn open: a backlog must not look like a falling reason.
  const point = (p) => ({
    value: p.contacts,
    href: p.href,
    complete: p.complete,
    symbol: p.complete ? "circle" : "emptyCircle",
  });

  const options = () => ({
    color: palette,
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    textStyle: { fontFamily: "inherit", color: colour("--ink") },
    grid: { left: 8, right: 16, top: 16, bottom: narrow() ? 130 : 64, containLabel: true },
    legend: { type: "scroll", orient: narrow() ? "vertical" : "horizontal", bottom: 0, left: 0, height: 120, textStyle: { color: colour("--ink") }, pageTextStyle: { color: colour("--ink-soft") } },
    tooltip: { trigger: "item", renderMode: "richText", formatter: (p) => `${p.seriesName}\n${p.name}: ${p.value}${p.data.complete ? "" : " (still being analysed)"}` },
    xAxis: { type: "category", data: data.buckets, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-soft") } },
    yAxis: { type: "value", minInterval: 1, splitLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--ink-soft") } },
    series: data.series.map((s) => ({
      name: s.name,
      type: "line",
      symbolSize: 9,
      lineStyle: { width: s.rising ? 4 : 2 },
      emphasis: { focus: "series" },
      data: s.points.map(point),
    })),
  });

  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(options());
  chart.on("click", (p) => { if (p.data && p.data.href) location.assign(p.data.href); });
  addEventListener("resize", () => { chart.resize(); chart.setOption(options()); });
  place.dataset.ready = "true";
})();
