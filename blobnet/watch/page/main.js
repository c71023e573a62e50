// The page: what is chosen, and the loop that asks for a view, draws it and asks again.
import { act, get } from "./api.js";
import { showControls } from "./controls.js";
import { showNet, updateNet } from "./net.js";
import { showLayer } from "./layer.js";
import { showWeight } from "./weight.js";
import { showCourse } from "./course.js";
import { showScores } from "./scores.js";

const chosen = { layer: null, weight: null, item: 0, value: null };
const by = (id) => document.getElementById(id);
let net = null, view = null, asking = null;

function say(text, isBad = false) {
  by("message").textContent = text;
  by("message").classList.toggle("bad", isBad);
}

/** Do something at the server; what it has against it is said. */
async function perform(name, settings) {
  try {
    say("");
    return await act(name, settings);
  } catch (error) {
    say(error.message, true);
    return null;
  }
}

/** Choose a layer, a weight or an item of the batch: the next view is of it. */
function choose(changes) {
  if ("layer" in changes && changes.layer !== chosen.layer) chosen.weight = chosen.value = null;
  Object.assign(chosen, changes);
  history.replaceState(null, "", `#${query(0)}`);
  asking?.abort();
}

function query(since) {
  const words = new URLSearchParams({ since, item: chosen.item, scores: 1 });
  if (since && kept.scores?.told) words.set("known", kept.scores.told.iteration);
  if (chosen.layer !== null) words.set("layer", chosen.layer);
  if (chosen.layer !== null) words.set("filters", 1);
  if (chosen.weight) words.set("weight", chosen.weight.join("."));
  return words;
}

function show(perform) {
  const layer = net.layers.find((each) => each.id === chosen.layer);
  keepSlow();
  showControls(by("controls"), by("numbers"), view, perform);
  updateNet(by("net"), net, view, chosen);
  showLayer(by("layer"), layer, view, chosen, choose);
  showWeight(by("weight"), layer, view, chosen, perform, choose);
  showCourse(by("course"), net, view);
  showScores(by("scores"), view, perform);
  if (view.player?.message) say(view.player.message, !view.player.message.startsWith("max_iter"));
}

const kept = {};

/** What takes long does not come with every view: the last one stays. */
function keepSlow() {
  for (const [name, key] of [["weight", `${chosen.layer} ${chosen.weight}`], ["filters", `${chosen.layer}`],
    ["scores", ""]]) {
    if (view[name] !== undefined) kept[name] = { key, told: view[name] };
    else if (kept[name]?.key === key) view[name] = kept[name].told;
  }
}

async function loop() {
  let since = 0;
  for (;;) {
    if (document.hidden) {
      await new Promise((seen) => document.addEventListener("visibilitychange", seen, { once: true }));
      continue;
    }
    asking = new AbortController();
    try {
      const told = await get(`api/view?${query(since)}`, asking.signal);
      if (told === null) continue;
      view = told;
      since = told.player.version;
      await released();
      await new Promise(requestAnimationFrame);
      show(perform);
    } catch (error) {
      if (error.name === "AbortError") {
        since = 0; // something else was chosen
        continue;
      }
      say(`No connection: ${error.message}. Is the program still running?`, true);
      await new Promise((later) => setTimeout(later, 2000));
      since = 0;
    }
  }
}

function remembered() {
  const words = new URLSearchParams(location.hash.slice(1));
  const layer = Number(words.get("layer") ?? NaN);
  const known = net.layers.some((each) => each.id === layer);
  const first = net.layers.find((each) => each.weights.length && each.backward) ?? net.layers[0];
  chosen.layer = known ? layer : first.id;
  chosen.item = Number(words.get("item")) || 0;
  const weight = words.get("weight")?.split(".").map(Number);
  const current = net.layers.find((each) => each.id === chosen.layer);
  if (known && weight?.length === 2) chosen.weight = weight;
  else if (current.weights.length && current.backward) chosen.weight = [0, 0];
}

let isPressed = false;
document.addEventListener("pointerdown", () => { isPressed = true; });
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => { isPressed = false; });
}

/** A click ends on the element that it began on: nothing is replaced in between. */
async function released() {
  for (let waits = 0; isPressed && waits < 40; waits++) await new Promise((later) => setTimeout(later, 25));
}

/** What is being written in is left alone until it is sent. */
function mindEditing() {
  document.addEventListener("input", ({ target }) => { target.dataset.edited = "1"; });
  document.addEventListener("change", ({ target }) => {
    if (!target.form) delete target.dataset.edited;
  });
  document.addEventListener("submit", ({ target }) => {
    for (const input of target.elements) delete input.dataset.edited;
  }, true);
}

/** A file to send: all that it shows is in it, and nothing can be done. */
function showReport(report) {
  if (!report.net) {
    document.title = by("title").textContent = `${report.name}: a training`;
    for (const id of ["net", "layer", "weight", "scores"]) by(id).hidden = true;
    document.querySelector("main").style.display = "block";
    showCourse(by("course"), null, report);
    return;
  }
  net = report.net;
  document.title = by("title").textContent = `${net.name}: a training`;
  remembered();
  const redraw = () => {
    const told = report.layers[chosen.layer] ?? {};
    const keys = Object.keys(told.weights ?? {});
    if (!keys.includes(`${chosen.weight}`)) chosen.weight = keys.length ? keys[0].split(",").map(Number) : null;
    chosen.known = keys;
    view = { ...report.view, layer: told.layer, filters: told.filters, weight: told.weights?.[`${chosen.weight}`] };
    show(null);
  };
  asking = { abort: redraw };
  showNet(by("net"), net, choose);
  redraw();
}

async function start() {
  const inside = by("report");
  if (inside) {
    showReport(JSON.parse(inside.textContent));
    return;
  }
  net = await get("api/net");
  document.title = by("title").textContent = `${net.name}, watched`;
  remembered();
  mindEditing();
  showNet(by("net"), net, choose);
  await loop();
}

start().catch((error) => say(error.message, true));
