// The page: picks rows, asks, shows what comes.
import * as api from "./api.js";
import * as draw from "./answer.js";
import { Values } from "./values.js";

const $ = (id) => document.getElementById(id);
const state = { row: null, pinned: null, asking: 0, values: null, start: null, first: 0 };

function fail(error) { $("error").textContent = error ? error.message : ""; $("error").hidden = !error; }

function question() {
  const { values } = state, number = (id) => ($(id).value === "" ? null : +$(id).value);
  const form = {
    client: api.client, row: state.row, values: values.moved, immutable: [...values.locked], ranges: values.ranges,
    seconds: Math.min(300, Math.max(0.05, number("seconds") || 10)),
  };
  if (state.start.regression) {
    const ends = [number("wish-low"), number("wish-high")];
    if (ends.some((end) => end !== null)) form.wanted = ends;
    if (number("tolerance") !== null) form.tolerance = number("tolerance");
  } else if ($("wanted").value !== "") form.wanted = +$("wanted").value;
  return form;
}

let soon = null;
function changed() { $("reset").hidden = !Object.keys(state.values.moved).length; clearTimeout(soon); soon = setTimeout(ask, 30); }

async function ask() {
  if (state.row === null) return;
  const mine = ++state.asking, begun = performance.now(), form = question();
  const slow = setInterval(() => {
    const spent = (performance.now() - begun) / 1000;
    if (spent > 0.25) { $("busy").hidden = false; $("elapsed").textContent = `${spent.toFixed(1)} s of at most ${form.seconds} s`; }
  }, 100);
  for (const id of ["why", "change"]) $(id).classList.add("waiting");
  try {
    await api.steps("/api/ask", form, (step) => { if (mine === state.asking) show(step, form); });
    if (mine === state.asking && state.pinned && state.pinned.row !== state.row) await compare();
  } catch (error) {
    if (mine === state.asking && error.status !== 409) fail(error);
  } finally {
    clearInterval(slow);
    if (mine === state.asking) $("busy").hidden = true;
  }
}

function show(step) {
  if (step.step === "error" || step.step === "failed") { fail(new Error(step.error)); return; }
  if (step.step === "prediction") {
    fail(null);
    $("which").textContent = `Row ${step.row}${Object.keys(state.values.moved).length ? ", with moved values" : ""}`;
    $("prediction").textContent = step.prediction;
    $("before").textContent = step.prediction === step.before ? "" : `As it came: ${step.before}.`;
    if (step.interval) $("before").textContent += ` Explained between ${+step.interval[0].toPrecision(6)} and ${+step.interval[1].toPrecision(6)}.`;
    $("live").textContent = `Decided: ${step.prediction}`;
    state.values.own = step.own;
    for (const one of state.values.all) if (!(one.form.name in state.values.moved)) one.show(step.own[one.form.name]);
  } else if (step.step === "why") {
    $("why").replaceChildren(...draw.why(step.view)); $("why").classList.remove("waiting");
  } else if (step.step === "change") {
    $("change").replaceChildren(...(step.already ? [draw.make("p", "", "It is decided as wanted already.")] : draw.changes(step.view)));
    $("change").classList.remove("waiting");
    const one = step.view.changes[0];
    $("live").textContent = `Decided: ${step.view.prediction}. Because ${step.view.why.statements.map((s) => s.says).join(", ") || (step.view.why.proved ? "nothing matters" : "no reason is known")}.` +
      (one ? ` It would change with ${one.statements.map((s) => s.says).join(", ")}.` : "");
  } else if (step.step === "done") {
    $("spent").textContent = `Answered in ${step.seconds < 1 ? `${Math.round(step.seconds * 1000)} ms` : `${step.seconds.toFixed(1)} s`}${step.stop === "interrupt" ? "; it was stopped" : ""}.`;
  }
}

async function compare() {
  const found = await api.json("/api/compare", { first: { ...state.pinned, ranges: state.values.ranges }, second: question() });
  $("compared").replaceChildren(...draw.compared(found)); $("compare").hidden = false;
}

function pick(row) {
  state.row = row; state.values.moved = {}; $("reset").hidden = true;
  for (const one of $("rows").querySelectorAll("button")) one.setAttribute("aria-current", String(+one.dataset.row === row));
  ask();
}

async function list(first = 0) {
  const found = await api.json("/api/rows", { search: $("search").value, prediction: $("filter").value || null, first });
  const items = found.rows.map((one) => {
    const button = draw.make("button", "", "", [draw.make("span", "number", `#${one.row}`), draw.make("span", "", one.prediction), draw.make("span", "line", one.says)]);
    button.type = "button"; button.dataset.row = one.row; button.setAttribute("aria-current", String(one.row === state.row));
    button.addEventListener("click", () => pick(one.row));
    return draw.make("li", "", "", [button]);
  });
  if (first) $("rows").append(...items); else $("rows").replaceChildren(...items);
  state.first = first + found.rows.length;
  $("more").hidden = state.first >= found.found;
  $("count").textContent = `${found.found} ${found.found === 1 ? "row" : "rows"}`;
  return found.rows;
}

async function begin() {
  const told = state.start = await api.start();
  $("model").textContent = told.model;
  for (const one of told.predictions) { const option = draw.make("option", "", one); option.value = one; $("filter").append(option); }
  told.classes.forEach((one, i) => { const option = draw.make("option", "", one); option.value = i; $("wanted").append(option); });
  if (told.regression) {
    for (const id of ["wanted", "filter"]) $(id).hidden = true;
    $("wish-numbers").hidden = $("tolerance-box").hidden = false; $("tolerance").value = told.tolerance;
  }
  state.values = new Values($("values"), told.controls, changed);
  const rows = await list();
  if (rows.length) pick(rows[0].row);
}

const guarded = (work) => async (event) => { try { await work(event); } catch (error) { fail(error); } };
let searching = null;
$("search").addEventListener("input", () => { clearTimeout(searching); searching = setTimeout(guarded(() => list()), 120); });
$("filter").addEventListener("change", guarded(() => list()));
$("more").addEventListener("click", guarded(() => list(state.first)));
for (const id of ["wanted", "wish-low", "wish-high", "tolerance", "seconds"]) $(id).addEventListener("change", changed);
$("reset").addEventListener("click", () => { state.values.reset(); changed(); });
$("stop").addEventListener("click", guarded(() => api.json("/api/stop", { client: api.client })));
$("python").addEventListener("click", guarded(async () => {
  const { python } = await api.json("/api/python", question());
  $("code").textContent = python; $("code-box").hidden = false;
  try { await navigator.clipboard.writeText(python); $("copied").textContent = "Copied."; } catch { $("copied").textContent = "Select it to copy it."; }
}));
$("report").addEventListener("click", guarded(async () => {
  const page = await (await api.post("/api/report", question())).blob(), link = draw.make("a");
  link.href = URL.createObjectURL(page); link.download = `row-${state.row}.html`; link.click(); URL.revokeObjectURL(link.href);
}));
$("pin").addEventListener("click", () => {
  if (state.pinned) { state.pinned = null; $("compare").hidden = true; $("pin").textContent = "Compare with another row"; return; }
  state.pinned = structuredClone(question()); $("pin").textContent = `Row ${state.row} is kept: pick another one (or end comparing)`;
});
const root = document.documentElement;
const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const name = () => { $("theme").textContent = dark() ? "Light" : "Dark"; };
$("theme").addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; name(); });
name();
begin().catch(fail);
