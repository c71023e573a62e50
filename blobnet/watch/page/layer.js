// The chosen layer: what comes in, its weights, what goes out; what comes back, and what it changes.
import { showArray, tiles } from "./arrays.js";
import { fill, make } from "./words.js";

export function showLayer(element, layer, view, chosen, choose) {
  const told = view.layer;
  if (!layer || !told || told.id !== layer.id) return;
  const size = (array) => array.shape.slice(1).reduce((a, b) => a * b, 1);
  const isSource = !layer.bottoms.length;
  fill(element,
    make("h2", { id: "layer-title" }, `${layer.name} `, make("span", { class: "quiet" }, layer.type)),
    layer.formula ? make("p", { class: "quiet" }, layer.formula) : null,
    layer.settings ? make("p", { class: "quiet" }, make("code", {}, layer.settings)) : null,
    chosen.known ? null : batch(told, chosen, choose),
    make("div", { class: "ways" },
      make("div", {}, make("h3", {}, "Forward ↓"),
        told.bottoms.map((bottom) => showArray(`in: ${bottom.name}`, bottom)),
        told.weights.map((weight, index) => showArray(`weights: ${weight.name}`, used(weight), {
          note: weight.learns ? chosen.known ? "" : "click one" : "does not learn",
          pick: mayPick(chosen, index, weight) ? (place) => choose({ weight: [index, place] }) : null,
          picked: chosen.weight?.[0] === index ? chosen.weight[1] : null,
        })),
        told.tops.map((top) => showArray(`out: ${top.name}`, top, isSource && !chosen.known ? {
          pick: (place) => choose({ weight: null, value: [top.name, place] }),
          offset: told.tops[0] === top && top.item ? chosen.item * size(top) : 0,
          note: "click a number to change it",
        } : {}))),
      make("div", {}, make("h3", {}, "Backward ↑"), backward(layer, told, chosen))),
    filters(view.filters));
}

/** In a report the chain rules of few weights are told, of others that of one. */
function mayPick(chosen, index, weight) {
  if (!chosen.known) return true;
  const count = weight.shape.reduce((a, b) => a * b, 1);
  return chosen.known.filter((key) => key.startsWith(`${index},`)).length === count;
}

/** The weights as the pass used them: before the change. */
const used = (weight) => (weight.change && weight.before ? weight.before : weight);

function batch(told, chosen, choose) {
  const first = [...told.tops, ...told.bottoms].find((array) => array.item || array.image);
  const items = first && first.shape.length > 1 ? first.shape[0] : 1;
  if (items < 2) return null;
  const input = make("input", { type: "number", min: 0, max: items - 1, value: chosen.item, "data-key": "item",
    onchange: (event) => choose({ item: Math.max(0, Math.min(items - 1, Number(event.target.value) || 0)) }) });
  return make("label", { class: "quiet" }, "Item of the batch ", input, ` of ${items}`);
}

function backward(layer, told, chosen) {
  if (!layer.backward) {
    return [make("p", { class: "quiet" }, "Nothing that could learn lies behind it: no gradient comes here.")];
  }
  if (!told.noted) return [make("p", { class: "quiet" }, "Not noted in this iteration: make a step.")];
  return [
    layer.gradient ? make("p", { class: "quiet" }, layer.gradient) : null,
    told.tops.map((top) => showArray(`delta: ∂E/∂${top.name}`, top.delta)),
    told.weights.filter((weight) => weight.gradient).map((weight) => [
      showArray(`gradient: ∂E/∂${weight.name}`, weight.gradient),
      weight.change ? [showArray(`change of ${weight.name}`, weight.change, { note: "is subtracted" }),
        weight.values ? showArray(`${weight.name} afterwards`, weight) : null] : make("p", { class: "quiet" }, chosen.known ? "No update is shown."
          : "The change comes with the update: make a step."),
    ]),
  ].flat(3);
}

function filters(told) {
  if (!told) return null;
  const words = { before: "at first", now: "now", difference: "what has changed" };
  return make("div", {}, make("h3", {}, "Filters"), make("div", { class: "pictures" },
    Object.entries(words).map(([name, text]) => told[name]
      ? make("figure", {}, make("figcaption", {}, text), tiles(told[name], `filters ${text}`, null, 190)) : null)));
}
