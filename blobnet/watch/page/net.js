// The net, drawn as `blobnet draw` draws it: a row for each layer, the blobs' ways beside them.
import { draw, fill, format, make, shape, short } from "./words.js";

const COLORS = { data: "#767676", vision: "#0072B2", common: "#56B4E9", recurrent: "#56B4E9",
  activation: "#E69F00", normalization: "#CC79A7", utility: "#009E73", loss: "#D55E00", other: "#767676" };
const TRACK = 14;
let rows = [];

export function showNet(element, net, choose) {
  const tracks = net.lines.map((line) => line.track).concat(net.layers.map((layer) => layer.track));
  const first = Math.min(0, ...tracks);
  element.style.setProperty("--tracks", Math.max(...tracks, 0) - first + 1);
  const x = (track) => 12 + (track - first) * TRACK;
  rows = net.layers.map((layer) => {
    const live = make("span", {});
    const button = make("button", {
      "data-key": `layer${layer.id}`,
      onclick: () => choose({ layer: layer.id, weight: layer.weights.length && layer.backward ? [0, 0] : null }),
    }, make("span", { class: "row" }, make("b", {}, layer.name), make("span", { class: "quiet" },
      layer.type)), live);
    return { layer, button, live };
  });
  const list = make("ol", { onkeydown: move }, rows.map((row) => make("li", {}, row.button)));
  const svg = draw("svg", { "aria-hidden": "true" });
  fill(element, make("h2", {}, "The net"), make("p", { class: "quiet" },
    "What each layer gives; the bars are the sizes of the deltas that come back."), svg, list);
  const redraw = () => lines(svg, element, net, x);
  new ResizeObserver(redraw).observe(list);
  list.addEventListener("scroll", redraw);
}

/** Arrow keys go from layer to layer. */
function move(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const now = rows.findIndex((row) => row.button === document.activeElement);
  if (!step || now < 0 || !rows[now + step]) return;
  event.preventDefault();
  rows[now + step].button.focus();
  rows[now + step].button.click();
}

function lines(svg, element, net, x) {
  const top = element.getBoundingClientRect().top;
  const frame = element.querySelector("ol").getBoundingClientRect();
  const y = rows.map(({ button }) => {
    const box = button.getBoundingClientRect();
    return box.top - top + box.height / 2;
  });
  svg.setAttribute("width", "100%");
  svg.setAttribute("height", element.scrollHeight);
  const clip = `inset(${frame.top - top}px 0 ${Math.max(0, element.scrollHeight - (frame.bottom - top))}px 0)`;
  svg.style.clipPath = clip;
  const paths = net.lines.flatMap((line) => line.ends.map(([row, track]) => {
    const bend = y[row] - 16;
    return draw("path", { d: `M${x(line.track)} ${y[line.start]} V${bend} ` +
      `C${x(line.track)} ${y[row] - 4} ${x(track)} ${bend} ${x(track)} ${y[row]}` });
  }));
  const marks = rows.map(({ layer }, row) => layer.weights.length
    ? draw("rect", { x: x(layer.track) - 6, y: y[row] - 6, width: 12, height: 12, fill: COLORS[layer.group] })
    : draw("circle", { cx: x(layer.track), cy: y[row], r: layer.in_place ? 4 : 6,
      fill: layer.in_place ? "none" : COLORS[layer.group], stroke: COLORS[layer.group], "stroke-width": 2 }));
  svg.replaceChildren(...paths, ...marks);
}

export function updateNet(element, net, view, chosen) {
  const deltas = view.sizes.delta;
  const sizes = Object.values(deltas).filter((size) => typeof size === "number" && size > 0);
  const high = Math.log10(Math.max(...sizes)), low = Math.min(Math.log10(Math.min(...sizes)), high - 2);
  for (const { layer, button, live } of rows) {
    if (layer.id === chosen.layer) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const delta = deltas[layer.id];
    const share = delta > 0 ? 8 + 92 * (Math.log10(delta) - low) / (high - low) : 0;
    const few = view.values[layer.id];
    const gives = few ? few.map((value) => format(value, 5)).join("  ")
      : layer.tops.map((top) => shape(top.shape)).join(", ");
    fill(live, make("span", { class: "number" }, gives), delta === undefined ? null
      : make("span", { class: "meter" }, make("span", {}, make("span", { class: "delta",
        style: `display:block;width:${share}%` })), make("span", { class: "quiet" }, `δ ${short(delta)}`)));
  }
}
