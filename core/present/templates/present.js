"use strict";
const steps = [...document.querySelectorAll(".step")];
let now = Math.min(steps.length - 1, Math.max(0, (parseInt(location.hash.slice(1), 10) || 1) - 1));

function show(step) {
  now = Math.min(steps.length - 1, Math.max(0, step));
  steps.forEach((section, at) => section.classList.toggle("now", at === now));
  document.getElementById("place").textContent = `${now + 1} of ${steps.length}`;
  document.getElementById("back").disabled = now === 0;
  document.getElementById("on").disabled = now === steps.length - 1;
  history.replaceState(null, "", `#${now + 1}`);
  scrollTo(0, 0);
}

const typing = (event) => event.target.closest("textarea, button, a") !== null;
addEventListener("keydown", (event) => {
  if (event.target.matches("textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const ways = { ArrowRight: now + 1, PageDown: now + 1, ArrowLeft: now - 1, PageUp: now - 1, Home: 0, End: steps.length - 1 };
  if (event.key === " " && !typing(event)) ways[" "] = now + 1;
  if (event.key in ways) { event.preventDefault(); show(ways[event.key]); }
});
document.getElementById("back").addEventListener("click", () => show(now - 1));
document.getElementById("on").addEventListener("click", () => show(now + 1));
document.getElementById("steps").addEventListener("click", (event) => {
  if (typing(event) || String(getSelection()) || event.target.closest("#try")) return;
  show(now + (event.clientX < innerWidth / 3 ? -1 : 1));
});
let from = null;
addEventListener("touchstart", (event) => { from = event.target.closest("textarea, .wide") ? null : event.changedTouches[0]; }, { passive: true });
addEventListener("touchend", (event) => {
  const to = event.changedTouches[0];
  if (from && Math.abs(to.clientX - from.clientX) > 60 && Math.abs(to.clientY - from.clientY) < 60) show(now + (to.clientX < from.clientX ? 1 : -1));
  from = null;
}, { passive: true });

const answer = document.getElementById("answer"), text = document.getElementById("text"), pair = document.getElementById("pair");
function add(parent, name, kind, words) {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  if (words !== undefined) node.textContent = words;
  parent.append(node);
  return node;
}
function drawn(bar) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "bars"); svg.setAttribute("viewBox", "0 0 100 24"); svg.setAttribute("preserveAspectRatio", "none");
  for (const [kind, width] of [["rule", 100], [bar.is_answer ? "bar ours" : "bar", 100 * bar.share]]) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ class: kind, x: 0, y: 6, height: 12, width })) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}
let asked = 0;
async function ask() {
  const mine = ++asked;
  answer.replaceChildren();
  add(answer, "p", "soft", "Reading …");
  let told;
  try {
    const response = await fetch(`/answer${location.search}`, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: text.value, pair: pair ? pair.value : "" }),
    });
    told = await response.json();
  } catch {
    told = { error: "The presentation was stopped: nobody answers any more." };
  }
  if (mine !== asked) return;
  answer.replaceChildren();
  if (told.error) { add(answer, "p", "error", told.error); return; }
  const said = add(answer, "p", "said-now", told.answer);
  said.dir = "auto";
  add(answer, "p", "soft", told.note);
  for (const bar of told.bars) {
    const row = add(answer, "div", bar.is_answer ? "row ours" : "row");
    add(row, "div", "name", bar.title);
    row.append(drawn(bar));
    add(row, "div", "value", bar.figure);
  }
}
document.getElementById("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
text.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(); } });
document.querySelectorAll(".chip").forEach((chip) => chip.addEventListener("click", () => {
  text.value = chip.dataset.text;
  if (pair) pair.value = chip.dataset.pair;
  ask();
}));
show(now);
