// What the last test said: which classes are taken for which, and the images recognized worst.
import { tiles } from "./arrays.js";
import { fill, make } from "./words.js";

let shown = null;

export function showScores(element, view, perform) {
  const told = view.scores, key = JSON.stringify([told?.iteration, view.training.can_test, view.player?.playing]);
  if (key === shown) return; // it changes with tests only
  shown = key;
  element.hidden = !view.training.can_test && !told;
  const button = view.training.can_test && perform
    ? make("button", { "data-key": "test", onclick: () => perform("test") }, "Test now") : null;
  fill(element, make("h2", { id: "scores-title" }, "The test"), button, told ? [
    make("p", {}, `After ${told.iteration} iterations ${percent(told.accuracy)} of ${told.items} items are right.`),
    told.matrix ? [make("h3", {}, "Confusion: rows are true classes, columns what they were taken for"),
      matrix(told.matrix)] : [],
    told.worst.length ? [make("h3", {}, "Recognized worst"), worst(told.worst)] : [],
  ].flat(2) : make("p", { class: "quiet" }, "No test yet, or no layer that compares scores with labels."));
}

const percent = (share) => (share === null ? "none" : `${(100 * share).toFixed(2)} %`);

function matrix(counts) {
  const head = make("tr", {}, make("th"), counts.map((_, column) => make("th", { scope: "col" }, `${column}`)));
  const rows = counts.map((row, index) => {
    const sum = row.reduce((a, b) => a + b, 0) || 1;
    return make("tr", {}, make("th", { scope: "row" }, `${index}`), row.map((count, column) => {
      const ink = column === index ? "plus" : "minus";
      return make("td", { style: `background:rgba(var(--${ink}),${(0.75 * Math.sqrt(count / sum)).toFixed(2)})` },
        count ? `${count}` : "");
    }));
  });
  return make("div", { class: "scroll" }, make("table", { class: "matrix" }, head, rows));
}

function worst(items) {
  return make("div", { class: "worst" }, items.map((item) => make("figure", {},
    item.image ? tiles({ ...item.image }, `an item of class ${item.true}`, null, 84).firstChild : "",
    make("figcaption", {}, `${item.true}: ${percent(item.share)}`, make("br"),
      item.true === item.taken ? "right" : `taken for ${item.taken}`))));
}
