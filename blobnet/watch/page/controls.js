// Step, play, pause, slower, back; the rate; where the training stands.
import { fill, format, make, short } from "./words.js";

const SPEEDS = [[0, "full speed"], [0.1, "10 a second"], [0.5, "2 a second"], [1, "1 a second"],
  [3, "1 in 3 seconds"]];
let parts = null;

function build(toolbar, perform) {
  const step = make("button", { class: "main", onclick: () => perform("step") }, "Step");
  const ten = make("button", { onclick: () => perform("step", { iterations: 10 }) }, "10 steps");
  const play = make("button", { onclick: () => perform(parts.playing ? "pause" : "play") }, "Play");
  const speed = make("select", {
    onchange: (event) => perform("slow", { seconds: Number(event.target.value) }),
  }, SPEEDS.map(([seconds, words]) => make("option", { value: seconds }, words)));
  const kept = make("select", {
    onchange: (event) => {
      if (event.target.value) perform("back", { iteration: Number(event.target.value) });
      event.target.value = "";
    },
  });
  const back = make("button", { onclick: () => perform("back", { iteration: parts.before }) },
    "Back a step");
  const rate = make("input", { inputmode: "decimal", "aria-describedby": "rate-help" });
  const form = make("form", {
    onsubmit: (event) => {
      event.preventDefault();
      perform("rate", { rate: Number(rate.value.replace(",", ".")) });
      rate.blur();
    },
  }, make("fieldset", {}, make("label", {}, "base_lr", rate), make("button", {}, "Set")));
  toolbar.append(step, ten, play, make("label", {}, "Speed", speed), back,
    make("label", {}, "Back to", kept), form);
  parts = { step, ten, play, speed, kept, back, rate, playing: false, before: 0, listed: "" };
}

export function showControls(toolbar, numbers, view, perform) {
  const { training, frame, player } = view;
  showNumbers(numbers, training, frame);
  if (!perform) return;
  if (!parts) build(toolbar, perform);
  parts.playing = player.playing;
  parts.play.textContent = player.playing ? "Pause" : "Play";
  parts.step.disabled = parts.ten.disabled = player.playing;
  if (document.activeElement !== parts.speed) parts.speed.value = player.delay;
  if (document.activeElement !== parts.rate) parts.rate.value = short(training.base_lr).replace("−", "-");
  const earlier = training.kept.filter((each) => each < training.iteration);
  parts.before = earlier.at(-1);
  parts.back.disabled = !earlier.length;
  listKept(training.kept.filter((each) => each !== training.iteration));
}

function showNumbers(numbers, training, frame) {
  const of = training.max_iter === null ? "" : ` of ${training.max_iter}`;
  const what = frame.is_update ? `update ${frame.iteration + 1}` : "the pass to come";
  fill(numbers, [["done", `${training.iteration}${of}`], ["shown", what],
    ["loss", format(frame.loss)], ["rate", format(training.rate)]].map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", { class: "number" }, value))));
}

function listKept(kept) {
  const listed = kept.join();
  if (listed === parts.listed || document.activeElement === parts.kept) return;
  parts.listed = listed;
  fill(parts.kept, make("option", { value: "" }, "iteration …"),
    kept.reverse().map((each) => make("option", { value: each }, `${each}`)));
}
