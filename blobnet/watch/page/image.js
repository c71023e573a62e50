// An image of one's own for the net: drawn with the pointer, or out of a file.
import { make } from "./words.js";

const pads = new Map(); // by blob: a drawing outlives the views that come meanwhile

/** Whether a blob holds images: of one channel or three. */
export const isImage = (sizes) => sizes.length === 4 && [1, 3].includes(sizes[1]) && sizes[2] > 1 && sizes[3] > 1;

export function imageForm(top, item, perform) {
  if (!isImage(top.shape)) return null;
  const pad = padOf(top);
  const pen = pad.getContext("2d");
  const file = make("input", { type: "file", accept: "image/*", "data-key": `file-${top.name}`, onchange: async () => {
    const image = await createImageBitmap(file.files[0]).catch(() => null);
    file.setCustomValidity(image ? "" : "The browser cannot read this as an image.");
    file.reportValidity();
    if (image) {
      clear(pad);
      pen.imageSmoothingQuality = "high";
      pen.drawImage(image, 0, 0, pad.width, pad.height);
    }
  } });
  return make("form", { onsubmit: (event) => {
    event.preventDefault();
    perform("image", { blob: top.name, item, pixels: pixels(pad) });
  } }, make("h3", {}, `An image of your own for ${top.name}, item ${item}`),
    make("p", { class: "quiet" }, "Draw in the square, or take a file; it goes in as the layer prepares its own. The label stays what it is."),
    pad, make("fieldset", {}, make("label", { class: "quiet" }, "file ", file),
      make("button", { type: "button", onclick: () => clear(pad), "data-key": `clear-${top.name}` }, "Clear"),
      make("button", { class: "main", "data-key": `use-${top.name}` }, "Use it")));
}

function padOf(top) {
  const [height, width] = top.shape.slice(2), key = `${top.name} ${height} ${width}`;
  if (!pads.has(key)) pads.set(key, newPad(top.name, height, width));
  return pads.get(key);
}

function newPad(name, height, width) {
  const pad = make("canvas", { width, height, class: "pad", role: "img", "aria-label": `Draw an image for ${name} here` });
  const scale = Math.max(1, Math.min(8, Math.floor(224 / Math.max(width, height))));
  pad.style.width = `${width * scale}px`;
  const pen = pad.getContext("2d", { willReadFrequently: true });
  clear(pad);
  let last = null;
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * width, (event.clientY - box.top) / box.height * height];
  };
  pad.addEventListener("pointerdown", (event) => { last = place(event); stroke(last, last); event.preventDefault(); });
  pad.addEventListener("pointermove", (event) => {
    if (!last || !event.buttons) return;
    const next = place(event);
    stroke(last, next);
    last = next;
  });
  pad.addEventListener("pointerup", () => { last = null; });
  function stroke(from, to) {
    pen.strokeStyle = "#fff";
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = Math.max(1.5, Math.min(width, height) / 13);
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(to[0] + 0.01, to[1]);
    pen.stroke();
  }
  return pad;
}

function clear(pad) {
  const pen = pad.getContext("2d");
  pen.fillStyle = "#000";
  pen.fillRect(0, 0, pad.width, pad.height);
}

/** Blue, green, red of each pixel, row by row, in base64. */
function pixels(pad) {
  const { data } = pad.getContext("2d").getImageData(0, 0, pad.width, pad.height);
  let text = "";
  for (let place = 0; place < data.length; place += 4) {
    text += String.fromCharCode(data[place + 2], data[place + 1], data[place]);
  }
  return btoa(text);
}
