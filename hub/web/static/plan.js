// Placing sensors on the plan with a finger, a mouse or the arrow keys. The form's numbers are what counts; without this
// script they are written.
"use strict";
const form = document.getElementById("placing");
const details = form.closest("details");
const said = document.getElementById("placing-said");
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let held = null;

const drawing = () => document.querySelector("#plan svg");
const field = (axis, device) => form.elements[`${axis}-${device}`];

const name = (device) => field("x", device).closest(".place").querySelector("legend").textContent;

function place(device, x, y) {
  field("x", device).value = x.toFixed(1);
  field("y", device).value = y.toFixed(1);
  show(device);
}

function show(device) {
  const svg = drawing(), x = parseFloat(field("x", device).value), y = parseFloat(field("y", device).value);
  let mark = [...svg.querySelectorAll(".mark")].find((one) => one.dataset.device === device);
  if (Number.isNaN(x) || Number.isNaN(y)) { if (mark) mark.remove(); return; }
  const width = Number(svg.dataset.width), height = Number(svg.dataset.height);
  if (!mark) {
    mark = document.createElementNS("http://www.w3.org/2000/svg", "a");
    mark.setAttribute("class", "mark mark-waiting");
    mark.dataset.device = device;
    mark.setAttribute("tabindex", "0");
    mark.setAttribute("role", "button");
    mark.setAttribute("aria-label", name(device));
    const shape = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    shape.setAttribute("r", "26");
    mark.append(shape);
    svg.append(mark);
  }
  const scale = Math.max(width, height) / 1000;
  mark.setAttribute("transform", `translate(${x * width / 100} ${y * height / 100}) scale(${scale})`);
}

function follow(event) {
  const svg = drawing(), point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  const x = point.x / svg.dataset.width * 100, y = point.y / svg.dataset.height * 100;
  if (x >= 0 && x <= 100 && y >= 0 && y <= 100) place(held, x, y);
}

function step(event) {
  const mark = details.open && event.target.closest("#plan .mark"), way = STEPS[event.key];
  if (!mark || !way || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const device = mark.dataset.device, percent = event.shiftKey ? 5 : 1;
  const [x, y] = ["x", "y"].map((axis, which) =>
    Math.min(100, Math.max(0, parseFloat(field(axis, device).value) + way[which] * percent)));
  place(device, x, y);
  said.textContent = said.dataset.form.replace("{name}", name(device)).replace("{x}", x.toFixed(0)).replace("{y}", y.toFixed(0));
}

document.addEventListener("keydown", step);
document.addEventListener("pointerdown", (event) => {
  if (!details.open || event.target.closest("input, button")) return;
  const found = event.target.closest("#plan .mark, .place legend");
  if (!found) return;
  held = (found.closest(".place") || found).dataset.device;
  event.preventDefault();
});
document.addEventListener("pointermove", (event) => { if (held) { event.preventDefault(); follow(event); } });
document.addEventListener("pointerup", () => { held = null; });
document.addEventListener("pointercancel", () => { held = null; });
document.addEventListener("dragstart", (event) => { if (details.open && event.target.closest("#plan")) event.preventDefault(); });
document.addEventListener("click", (event) => { if (details.open && event.target.closest("#plan .mark")) event.preventDefault(); });
form.addEventListener("input", (event) => { const part = event.target.closest(".place"); if (part) show(part.dataset.device); });
details.addEventListener("toggle", () => {
  const plan = document.getElementById("plan");
  plan.classList.toggle("placing-now", details.open);
  if (details.open) delete plan.dataset.live; else plan.dataset.live = "";
});
document.getElementById("placing-how").hidden = false;
