// The course of the training: loss and scores over the iterations; gradient sizes by layer.
import { draw, fill, make, short } from "./words.js";

const WIDE = 560, HIGH = 190, LEFT = 46, FOOT = 20;

export function showCourse(element, net, view) {
  fill(element, make("h2", { id: "course-title" }, "The course"), make("div", { class: "two" },
    make("div", {}, curves(view.curves)), net ? make("div", {}, sizes(net, view.sizes)) : null));
}

function curves({ loss, left, scores }) {
  const parts = [make("h3", {}, "Loss"), chart([
    left && { ...left, color: "var(--line)", name: "before going back" },
    { ...loss, color: "rgb(var(--blue))", name: "training loss" },
    ...series(scores, (name) => name.includes("loss"), ["rgb(var(--orange))", "#009E73"]),
  ].filter(Boolean), true)];
  const others = series(scores, (name) => !name.includes("loss"), ["rgb(var(--orange))", "#CC79A7", "#009E73"]);
  if (others.length) parts.push(make("h3", {}, "Test scores"), chart(others, false));
  return parts;
}

const series = (scores, wanted, colors) => Object.entries(scores).filter(([name]) => wanted(name)).slice(0, 6)
  .map(([name, curve], index) => ({ ...curve, color: colors[index % colors.length], name: `test ${name}`, dots: true }));

function chart(lines, mayBeLog) {
  const points = lines.map(({ iterations, values }) => iterations.map((x, i) => [x, values[i]])
    .filter(([, y]) => typeof y === "number"));
  const all = points.flat();
  if (!all.length) return make("p", { class: "quiet" }, "Nothing yet.");
  const ys = all.map(([, y]) => y), xs = all.map(([x]) => x);
  const isLog = mayBeLog && Math.min(...ys) > 0 && Math.max(...ys) > 20 * Math.min(...ys);
  const scale = isLog ? Math.log10 : (y) => y;
  let [low, high] = [scale(Math.min(...ys)), scale(Math.max(...ys))];
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) * 0.1, high + (Math.abs(high) || 1) * 0.1];
  const x0 = Math.min(...xs), x1 = Math.max(...xs, x0 + 1);
  const px = (x) => LEFT + (WIDE - LEFT - 8) * (x - x0) / (x1 - x0);
  const py = (y) => 8 + (HIGH - FOOT - 8) * (high - scale(y)) / (high - low);
  const back = (share) => (isLog ? 10 ** (low + share * (high - low)) : low + share * (high - low));
  const marks = [0, 0.5, 1].map((share) => [back(share), py(back(share))]);
  const svg = draw("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, width: "100%", role: "img", "aria-label":
    lines.map(({ name, values }) => `${name}: ${short(values.at(-1))} at last`).join("; ") },
  ...marks.flatMap(([value, y]) => [draw("path", { class: "axis", d: `M${LEFT} ${y}H${WIDE - 8}` }),
    draw("text", { x: LEFT - 5, y: y + 4, "text-anchor": "end" }, short(value))]),
  draw("text", { x: LEFT, y: HIGH - 4 }, `${x0}`),
  draw("text", { x: WIDE - 8, y: HIGH - 4, "text-anchor": "end" }, `iteration ${x1}`),
  ...points.map((line, index) => draw("path", { fill: "none", stroke: lines[index].color, "stroke-width": 1.8,
    d: line.map(([x, y], i) => `${i ? "L" : "M"}${px(x).toFixed(1)} ${py(y).toFixed(1)}`).join("") })),
  ...points.flatMap((line, index) => (lines[index].dots || line.length < 25 ? line : []).map(([x, y]) =>
    draw("circle", { cx: px(x), cy: py(y), r: 2.6, fill: lines[index].color }))));
  const legend = lines.map(({ name, color, values }) => make("span", {}, make("span", { style:
    `color:${color}` }, "■ "), `${name} ${short(values.at(-1))}  `));
  return make("figure", {}, svg, make("figcaption", {}, legend, isLog ? "(logarithmic)" : ""));
}

function sizes(net, { delta, change }) {
  const layers = net.layers.filter((layer) => delta[layer.id] !== undefined);
  const found = [...Object.values(delta), ...Object.values(change)].filter((size) => size > 0);
  if (!found.length) return [make("h3", {}, "Gradient sizes"), make("p", { class: "quiet" }, "All are 0.")];
  const high = Math.log10(Math.max(...found)), low = Math.min(Math.log10(Math.min(...found)), high - 2);
  const bar = (size, kind) => make("div", { class: `bar ${kind}`, style:
    `width:${size > 0 ? 4 + 96 * (Math.log10(size) - low) / (high - low) : 0}%` });
  return [make("h3", {}, "Gradient sizes by layer"), make("p", { class: "quiet" },
    "Mean of |delta| (orange) and of the change of its weights (blue), on a logarithmic scale."),
  make("div", { class: "bars" }, layers.flatMap((layer) => [make("span", {}, layer.name),
    make("div", {}, bar(delta[layer.id], ""), change[layer.id] === undefined ? null
      : bar(change[layer.id], "change")), make("span", { class: "number" }, short(delta[layer.id]))]))];
}
