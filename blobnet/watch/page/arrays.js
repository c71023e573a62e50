// Arrays: as numbers where they are few, as images and histograms where they are many.
import { at, draw, format, make, shape, short, unflat } from "./words.js";

const PIXELS = 190;

/** One array with its name. `pick(place)`, if given, is called for the number that is clicked. */
export function showArray(name, told, { pick, picked, note, offset = 0 } = {}) {
  if (!told) return null;
  const head = make("div", { class: "head" }, make("b", {}, name),
    make("span", { class: "quiet" }, note ? `${shape(told.shape)}, ${note}` : shape(told.shape)));
  return make("div", { class: "array" }, head, ...body(told, name, pick, picked, offset));
}

function body(told, name, pick, picked, offset) {
  if (told.values !== undefined) return [numbers(told.values, told.shape, pick, picked)];
  const parts = [];
  if (told.item) parts.push(numbers(told.item, told.shape.slice(1), pick, picked, offset));
  const pictures = make("div", { class: "pictures" });
  if (told.image) pictures.append(tiles(told.image, name, pick && place(told, pick, offset)));
  if (told.bins) pictures.append(histogram(told));
  parts.push(pictures);
  if (told.not_finite) parts.push(make("p", { class: "minus" }, `${told.not_finite} values are no finite numbers`));
  return parts;
}

/** A click's pixel as a place in the array. */
function place(told, pick, offset) {
  const image = told.image;
  return (tile, row, column) =>
    pick(offset + tile * image.full[0] * image.full[1] + row * image.steps[0] * image.full[1]
      + column * image.steps[1]);
}

export function numbers(values, sizes, pick, picked, offset = 0) {
  const all = Array.isArray(values) ? values.flat(9) : [values];
  const largest = Math.max(...all.map((value) => (typeof value === "number" ? Math.abs(value) : 0)));
  const width = sizes.length ? sizes.at(-1) : 1;
  const rows = [];
  for (let first = 0; first < all.length; first += width) {
    const where = unflat(first, sizes.length ? sizes : [1]).slice(0, -1);
    const head = all.length > width ? [make("th", { scope: "row" }, at(where))] : [];
    rows.push(make("tr", {}, head, all.slice(first, first + width).map((value, column) =>
      cell(value, largest, first + column + offset, pick, picked))));
  }
  return make("div", { class: "scroll" }, make("table", {}, rows));
}

function cell(value, largest, place, pick, picked) {
  const share = typeof value === "number" && largest ? Math.abs(value) / largest : 0;
  const style = `background:rgba(var(--${value < 0 ? "minus" : "plus"}),${(0.38 * share).toFixed(3)})`;
  if (!pick) return make("td", { style }, format(value, 8));
  return make("td", { style, class: "pick" }, make("button", {
    "data-key": `place${place}`, "aria-pressed": String(place === picked), onclick: () => pick(place),
  }, format(value, 8)));
}

const palette = () => ["--plus", "--minus", "--paper"].map((name) => {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const hex = text.match(/^#(..)(..)(..)$/);
  return hex ? hex.slice(1).map((part) => parseInt(part, 16)) : text.split(",").map(Number);
});

/** Tiles side by side, blue above 0, orange below, the darker the farther. */
export function tiles(image, name, pick, most = PIXELS) {
  const bytes = Uint8Array.from(atob(image.data), (letter) => letter.charCodeAt(0));
  const { height, width } = image, gap = image.tiles > 1 ? 1 : 0;
  const across = Math.max(1, Math.min(image.tiles, Math.round(Math.sqrt(image.tiles * height / width * 1.6)) || 1));
  const down = Math.ceil(image.tiles / across);
  const canvas = make("canvas", { width: across * (width + gap) - gap, height: down * (height + gap) - gap,
    role: "img", "aria-label": label(image, name), class: pick ? "pick" : false });
  const scale = Math.max(1, Math.min(Math.floor(most / canvas.width), Math.floor(most / canvas.height), 24));
  canvas.style.width = `${canvas.width * scale}px`;
  if (canvas.height * scale < 56) canvas.style.height = `${Math.min(56, canvas.height * scale * 8)}px`;
  const pen = canvas.getContext("2d"), [plus, minus, paper] = palette();
  for (let tile = 0; tile < image.tiles; tile++) {
    const pixels = pen.createImageData(width, height);
    for (let index = 0; index < width * height; index++) {
      const level = (bytes[tile * width * height + index] - 128) / 127;
      const ink = level < 0 ? minus : plus, share = Math.abs(level);
      for (let part = 0; part < 3; part++) {
        pixels.data[4 * index + part] = paper[part] + share * (ink[part] - paper[part]);
      }
      pixels.data[4 * index + 3] = 255;
    }
    pen.putImageData(pixels, (tile % across) * (width + gap), Math.floor(tile / across) * (height + gap));
  }
  if (pick) {
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const x = Math.floor((event.clientX - box.left) / box.width * canvas.width);
      const y = Math.floor((event.clientY - box.top) / box.height * canvas.height);
      const tile = Math.floor(y / (height + gap)) * across + Math.floor(x / (width + gap));
      if (tile < image.tiles) pick(tile, Math.min(y % (height + gap), height - 1), Math.min(x % (width + gap), width - 1));
    });
  }
  const caption = `${image.tiles < image.of ? `${image.tiles} of ${image.of} maps, ` : ""}±${short(image.largest)}`;
  return make("figure", {}, canvas, make("figcaption", {}, caption));
}

const label = (image, name) =>
  `${name} as ${image.tiles === 1 ? "an image" : `${image.tiles} images`}, up to ${short(image.largest)}`;

function histogram(told) {
  const most = Math.max(...told.bins, 1), wide = 150, high = 56;
  const span = told.high - told.low || 1;
  const bars = told.bins.map((count, index) => {
    const tall = count ? Math.max(1, high * Math.sqrt(count / most)) : 0;
    const middle = told.low + (index + 0.5) * span / told.bins.length;
    return draw("rect", { x: index * wide / told.bins.length, y: high - tall, width: wide / told.bins.length - 1,
      height: tall, fill: `rgb(var(--${middle < 0 ? "minus" : "plus"}))` });
  });
  const words = `${told.counted} values from ${short(told.low)} to ${short(told.high)}, mean ${short(told.mean)}`;
  const svg = draw("svg", { width: wide, height: high, role: "img", "aria-label": `Histogram: ${words}` },
    draw("path", { class: "axis", d: `M0 ${high - 0.5}H${wide}` }), ...bars);
  const zeros = told.zeros > 0.005 ? `, ${Math.round(100 * told.zeros)} % are 0` : "";
  return make("figure", {}, svg, make("figcaption", {},
    `${short(told.low)} … ${short(told.high)}`, make("br"), `mean ${short(told.mean)}${zeros}`));
}

