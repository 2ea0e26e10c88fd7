"use strict";
// Both small pages of a served model: the one to try it, and the one that lists what can be asked.
const find = (id) => document.getElementById(id);

function line(parent, kind, text) {
  const made = parent.appendChild(document.createElement(kind));
  made.textContent = text;
  return made;
}

async function tryIt() {
  const health = await (await fetch("/health")).json();
  find("second").hidden = !health.pairs;
  find("pair").required = health.pairs;
  find("ask").addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = find("text").value;
    const asked = health.pairs ? { pairs: [[text, find("pair").value]] } : { texts: [text] };
    const headers = { "Content-Type": "application/json" };
    if (find("token").value) headers.Authorization = `Bearer ${find("token").value}`;
    const place = find("answer");
    place.replaceChildren();
    try {
      const response = await fetch("/predict", { method: "POST", headers, body: JSON.stringify(asked) });
      const told = await response.json();
      if (told.error) line(place, "p", `${told.error.message} ${told.error.hint}`);
      else show(place, told.answers[0]);
    } catch {
      line(place, "p", "The server cannot be reached any more.");
    }
  });
}

function show(place, said) {
  line(place, "h2", Array.isArray(said.answer) ? said.answer.join(", ") || "no label" : said.answer);
  const shares = Object.entries(said.probabilities ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 8);
  for (const [label, share] of shares) {
    const row = place.appendChild(document.createElement("div"));
    row.className = "row";
    line(row, "span", label);
    const meter = row.appendChild(document.createElement("meter"));
    meter.value = share;
    meter.setAttribute("aria-label", label);
    line(row, "span", `${(100 * share).toFixed(1)} %`);
  }
}

async function list() {
  const told = await (await fetch("/openapi.json")).json();
  const schemas = told.components?.schemas ?? {};
  const named = (reference) => schemas[reference.split("/").pop()];
  for (const [path, methods] of Object.entries(told.paths)) {
    for (const [method, what] of Object.entries(methods)) {
      const place = find("paths");
      line(place, "h2", `${method.toUpperCase()} ${path}`);
      line(place, "p", what.summary ?? "");
      const body = what.requestBody?.content["application/json"].schema.$ref;
      if (body) line(place, "pre", JSON.stringify(named(body), null, 1));
    }
  }
}

if (find("ask")) tryIt();
if (find("paths")) list();
