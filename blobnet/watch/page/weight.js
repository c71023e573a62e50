// One weight: the chain rule of its gradient, and its update, with the numbers put in.
import { tiles } from "./arrays.js";
import { imageForm } from "./image.js";
import { at, fill, format, make, unflat } from "./words.js";

export function showWeight(element, layer, view, chosen, perform, choose) {
  const told = view.weight;
  const title = make("h2", { id: "weight-title" });
  if (!layer || !told) {
    title.textContent = "The chain rule";
    const words = !perform ? "No weight of this layer has a gradient."
      : layer?.weights.length ? "Click a weight to see how it changes." : layer?.bottoms.length
      ? `${layer.name} has no weights. Choose a layer with a square.`
      : "Click a number to change it, then see what follows.";
    fill(element, title, make("p", { class: "quiet" }, words), source(layer, view, chosen, perform));
    return;
  }
  const sizes = layer.weights[told.index];
  title.textContent = `w = ${layer.name} blobs_[${told.index}]${at(unflat(told.place, sizes))}`;
  const since = told.iteration === view.frame.iteration ? null
    : make("p", { class: "quiet" }, `as in iteration ${told.iteration}`);
  fill(element, title, since, perform && chooser(layer, told, choose), perform && editor(layer, told, perform), chain(told), update(told.update));
}

/** Which weight: by its number, for those who do not click. */
function chooser(layer, told, choose) {
  const sizes = layer.weights[told.index], count = sizes.reduce((a, b) => a * b, 1);
  const blob = make("select", { "data-key": "blob", onchange: () => choose({ weight: [Number(blob.value), 0] }) },
    layer.weights.map((_, index) => make("option", { value: index, selected: index === told.index },
      `blobs_[${index}]`)));
  const place = make("input", { type: "number", min: 0, max: count - 1, value: told.place, "data-key": "place",
    onchange: () => choose({ weight: [told.index, Math.max(0, Math.min(count - 1, Number(place.value) || 0))] }) });
  return make("fieldset", {}, make("label", { class: "quiet" }, "weights ", blob),
    make("label", { class: "quiet" }, "number ", place, ` of ${count}`));
}

function valueForm(label, value, key, send) {
  const input = make("input", { value: format(value).replace("−", "-"), inputmode: "decimal", "data-key": key });
  return make("form", { onsubmit: (event) => {
    event.preventDefault();
    send(Number(input.value.replace(",", ".").replace("−", "-")));
  } }, make("fieldset", {}, make("label", { class: "quiet" }, `${label} `, input), make("button", {}, "Set")));
}

function editor(layer, told, perform) {
  return valueForm("its value now", told.update.now, "weight-value", (value) => perform("weight",
    { layer: layer.name, index: told.index, place: told.place, value }));
}

/** The numbers of a layer that makes data: any can be set. */
function source(layer, view, chosen, perform) {
  if (!perform || !layer || layer.bottoms.length || !view.layer) return null;
  return view.layer.tops.map((top) => {
    const count = top.shape.reduce((a, b) => a * b, 1);
    const first = chosen.value?.[0] === top.name ? chosen.value[1] : 0;
    const place = make("input", { type: "number", min: 0, max: count - 1, value: first, "data-key": `p-${top.name}` });
    const values = top.values ? [top.values].flat(9) : null;
    const value = make("input", { value: values ? format(values[first]).replace("−", "-") : "0",
      inputmode: "decimal", "data-key": `v-${top.name}` });
    place.addEventListener("change", () => {
      if (values) value.value = format(values[Number(place.value)]).replace("−", "-");
    });
    return [make("form", { onsubmit: (event) => {
      event.preventDefault();
      perform("value", { blob: top.name, place: Number(place.value), value: Number(value.value.replace(",", ".")) });
    } }, make("h3", {}, top.name), make("fieldset", {}, make("label", { class: "quiet" }, "number ", place),
      make("label", { class: "quiet" }, "value ", value), make("button", {}, "Set"))),
      imageForm(top, chosen.item, perform)];
  }).flat();
}

const signed = (value) => make("span", { class: value < 0 ? "minus" : "plus" }, format(value, 8));

function chain(told) {
  if (!told.chain) return make("p", { class: "quiet" }, "It has no gradient: it does not learn.");
  return make("div", {}, make("h3", {}, "How its gradient comes about"), passes(told.chain), told.chain.links.map(link));
}

/** Where an update is made of several passes: what each of them gave. */
function passes({ passes: count, by_pass: parts }) {
  if (count < 2) return null;
  if (!parts.length) return make("p", { class: "quiet" }, `An update is made of ${count} passes; below is the last of them.`);
  const sum = parts.every((part) => typeof part === "number") ? parts.reduce((a, b) => a + b, 0) : "not finite";
  const shown = parts.slice(0, 8).map((part, index) => [index ? " + " : "", signed(part)]).flat();
  return make("p", {}, "∂E/∂w = ", ...shown, parts.length > 8 ? ` + ${parts.length - 8} more` : "", " = ", signed(sum),
    make("span", { class: "quiet" }, ": the passes of one update, added up. Below is the last of them."));
}

/** The map that the largest product stands in: both factors and the products, place by place. */
function maps(told, subject) {
  const parts = told.maps;
  if (!parts?.delta || !parts.slope || !parts.product) return null;
  const top = `${told.terms[0].blob}[${[...parts.at, "·", "·"].join(", ")}]`;
  const figure = (name, image) => make("figure", {}, make("figcaption", {}, name), tiles(image, name, null, 120));
  return make("div", { class: "pictures product" }, figure(`∂E/∂${top}`, parts.delta), "×",
    figure(`∂${top}/∂${subject}`, parts.slope), "=", figure(`products, sum ${format(parts.sum, 5)}`, parts.product));
}

function link(told, index) {
  const subject = index ? `${told.of}${at(told.place)}` : "w";
  const head = make("div", {}, make("b", {}, `∂E/∂${subject}`), " = ", signed(told.value),
    make("span", { class: "quiet" }, ` by ${told.layer}`));
  if (!told.told) {
    return make("div", { class: "link" }, head, make("p", { class: "quiet" },
      `${told.layer} makes many values of it, and is not linear in it: they are not listed.`));
  }
  if (!told.count) return make("div", { class: "link" }, head, make("p", { class: "quiet" }, "All products are 0."));
  const rows = told.terms.map((term) => make("tr", {},
    make("th", { scope: "row" }, `${term.blob}${at(term.place)}`),
    make("td", {}, format(term.delta, 8)), make("td", {}, "×"), make("td", {}, format(term.slope, 8)),
    make("td", {}, "="), make("td", {}, signed(term.product))));
  const rest = told.count - told.terms.length;
  const names = make("tr", {}, make("th", { scope: "col" }, "by"), make("th", { scope: "col" }, "∂E/∂it"), make("th"),
    make("th", { scope: "col" }, `∂it/∂${index ? told.of : "w"}`), make("th"), make("th"));
  return make("div", { class: index ? "link" : "link first" }, head,
    maps(told, index ? told.of : "w"),
    make("div", { class: "scroll" }, make("table", {}, names, rows)),
    rest > 0 ? make("p", { class: "quiet" }, `and ${rest} more products: the largest are shown`) : null,
    told.count > 1 ? make("p", { class: "quiet" }, `the sum of ${told.count} products is ${format(told.total, 8)}`) : null,
    told.agrees ? null : make("p", { class: "minus" }, "The sum is not the gradient: the layer is not linear in w."));
}

function update(told) {
  const rows = [];
  const row = (name, value, words = "") => rows.push(make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, format(value)), make("td", { style: "text-align:left" }, make("span", { class: "quiet" }, words))));
  if (told.gradient === undefined) return null;
  const made = [told.passes > 1 ? `mean of ${told.passes} passes` : "", told.clipped < 1
    ? `clipped by ${format(told.clipped, 4)}` : "", told.decay ? `${told.is_l1 ? "+ decay × sign(w)" : "+ decay × w"}, decay ${format(told.decay, 5)}` : ""];
  row("g", told.g, made.filter(Boolean).join(", ") || "the gradient");
  row("rate", told.rate, told.lr_mult !== 1 ? `times lr_mult ${format(told.lr_mult)}` : "");
  for (const [name, value] of Object.entries(told.settings)) row(name, value);
  for (const [name, value] of Object.entries(told.memory)) row(`${name} before`, value);
  row("w before", told.before);
  if (told.change !== undefined) {
    row("change", told.change, "is subtracted: down the slope");
    row("w after", told.after);
  }
  return make("div", {}, make("h3", {}, "How it changes"), make("p", { class: "quiet" }, make("code", {}, told.rule)),
    make("div", { class: "scroll" }, make("table", {}, rows)));
}
