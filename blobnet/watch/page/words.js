// Numbers and elements: what all parts of the page use.

/** A number in as many digits as it has: a float32 has seven, a float64 nine are enough of. */
export function format(value, digits) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (value === 0) return "0";
  const single = Math.fround(value) === value;
  const size = Math.abs(value);
  const most = Math.min(digits ?? 9, single ? 7 : 9);
  if (size >= 1e7 || size < 1e-5) return minus(value.toExponential(Math.min(most, 5) - 1));
  return minus(String(Number(value.toPrecision(most))));
}

const minus = (text) => text.replace("-", "−");

export const short = (value) => format(value, 4);

export const shape = (sizes) => sizes.join("×") || "one number";

/** An element with attributes and children; `on...` are listeners. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The same of SVG. */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Put new children into an element; whoever has the focus in it keeps it, by its `data-key`. */
export function fill(element, ...children) {
  const active = element.contains(document.activeElement) ? document.activeElement : null;
  if (active?.dataset.edited) return; // somebody is writing there
  const key = active?.closest("[data-key]")?.dataset.key;
  element.replaceChildren(...children.flat().filter((child) => child));
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** The place in one row of a place by axes, and back. */
export const flat = (where, sizes) => where.reduce((sum, at, axis) => sum * sizes[axis] + at, 0);

export function unflat(place, sizes) {
  const where = [];
  for (const size of [...sizes].reverse()) {
    where.unshift(place % size);
    place = Math.floor(place / size);
  }
  return where;
}

export const at = (where) => (where.length ? `[${where.join(", ")}]` : "");
