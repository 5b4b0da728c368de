// Draws what the element `charts` describes, in the colours of the style sheet, again whenever these change.
// Where no script runs (a mail program's preview) the page shows its tables instead.
"use strict";
(() => {
  const root = document.documentElement;
  const specifications = JSON.parse(document.getElementById("charts").textContent);
  const numbers = new Intl.NumberFormat(root.lang, { maximumFractionDigits: 1 });
  const steps = [1, 5, 15, 60, 300, 900, 3600, 14400, 86400];
  const shown = {
    cases: (value) => numbers.format(value),
    hours: (value) => `${numbers.format(value)} h`,
    seconds: (value) =>
      value < 60 ? `${numbers.format(value)} s`
      : value < 3600 ? `${numbers.format(value / 60)} min`
      : `${numbers.format(value / 3600)} h`,
  };
  let drawn = [];

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  }

  function dataset(series, horizontal) {
    const common = { label: series.label, data: series.values, borderColor: colour(series.colour) };
    if (series.line) {
      return {
        ...common, type: "line", order: 0, borderWidth: 2, borderDash: series.dashed ? [6, 4] : [],
        pointStyle: series.dashed ? "line" : "circle", pointRadius: series.dashed ? 0 : 3, pointHoverRadius: series.dashed ? 0 : 5,
        backgroundColor: colour(series.dashed ? "card" : series.colour), tension: 0.25, spanGaps: true,
      };
    }
    return {
      ...common, order: 1, backgroundColor: colour(series.colour), borderRadius: 3, maxBarThickness: 28,
      borderWidth: 0, categoryPercentage: horizontal ? 0.8 : 0.7, barPercentage: 0.9,
    };
  }

  function amounts(chart) {
    const scale = {
      beginAtZero: true, border: { display: false }, grid: { color: colour("line") }, stacked: chart.stacked,
      ticks: { callback: shown[chart.unit], maxTicksLimit: 6, precision: chart.unit === "cases" ? 0 : undefined },
    };
    if (chart.unit === "seconds") {
      scale.type = "logarithmic";
      scale.min = 1;
      // So that the promise does not run along the rim.
      scale.suggestedMax = 600;
      scale.ticks.maxTicksLimit = steps.length;
      scale.afterBuildTicks = (axis) => {
        axis.ticks = steps.filter((step) => step >= axis.min && step <= axis.max).map((value) => ({ value }));
      };
    }
    return scale;
  }

  function configuration(chart) {
    const names = {
      border: { display: false }, grid: { display: false }, stacked: chart.stacked,
      ticks: { maxRotation: 0, autoSkip: !chart.horizontal, autoSkipPadding: 12 },
    };
    const [x, y] = chart.horizontal ? [amounts(chart), names] : [names, amounts(chart)];
    return {
      type: "bar",
      data: { labels: chart.labels, datasets: chart.series.map((one) => dataset(one, chart.horizontal)) },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, locale: root.lang,
        indexAxis: chart.horizontal ? "y" : "x",
        interaction: { mode: "index", axis: chart.horizontal ? "y" : "x", intersect: false },
        scales: { x, y },
        plugins: {
          legend: {
            display: chart.series.length > 1, position: "bottom",
            labels: {
              usePointStyle: true, pointStyleWidth: 16, boxHeight: 7, padding: 14,
              sort: (one, other) => one.datasetIndex - other.datasetIndex,
            },
          },
          tooltip: {
            usePointStyle: true, boxPadding: 4, padding: 10, cornerRadius: 8,
            backgroundColor: colour("ink"), titleColor: colour("card"), bodyColor: colour("card"),
            callbacks: { label: (item) => ` ${item.dataset.label}: ${shown[chart.unit](item.raw)}` },
          },
        },
      },
    };
  }

  function draw() {
    drawn.forEach((chart) => chart.destroy());
    Chart.defaults.color = colour("muted");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.font.size = root.classList.contains("paper") ? 9 : 12;
    drawn = specifications.map((chart) => new Chart(document.getElementById(chart.id), configuration(chart)));
  }

  root.classList.add("drawn");
  document.querySelectorAll("details").forEach((table) => { table.open = false; });
  // On paper: light, and as wide as the sheet.
  addEventListener("beforeprint", () => { root.classList.add("paper"); draw(); });
  addEventListener("afterprint", () => { root.classList.remove("paper"); draw(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
})();
