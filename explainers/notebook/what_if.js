// The widget: the values of one row, and what follows of them. `make`, `why`, `changes` and `Values` stand above.
function render({ model, el }) {
  const root = el.attachShadow({ mode: "open" }), style = document.createElement("style");
  style.textContent = model.get("style");
  const start = model.get("start"), box = make("div", "page wide whatif");
  root.append(style, box);
  const pick = make("select"), wanted = make("select"), head = make("h2", "decision", "–"), error = make("p", "error");
  const because = make("div"), unless = make("div"), spent = make("p", "quiet"), left = make("div"), live = make("p", "hidden");
  pick.setAttribute("aria-label", "Row");
  wanted.setAttribute("aria-label", "Wanted decision");
  live.setAttribute("aria-live", "polite");
  error.hidden = true;
  start.choices.forEach((one) => { const option = make("option", "", one.says); option.value = one.row; pick.append(option); });
  ["any other decision", ...start.classes].forEach((name, i) => { const option = make("option", "", name); option.value = i - 1; wanted.append(option); });
  wanted.hidden = start.regression;
  let asking = 0;
  const values = new Values(left, start.controls, () => ask());
  const ask = () => {
    const form = { client: "widget", row: +pick.value, values: values.moved, immutable: [...values.locked], ranges: values.ranges, seconds: start.seconds };
    if (!start.regression && +wanted.value >= 0) form.wanted = +wanted.value;
    asking += 1;
    for (const one of [because, unless]) one.classList.add("waiting");
    model.send({ ask: asking, form });
  };
  model.on("msg:custom", (step) => {
    if (step.ask !== asking) return;
    error.hidden = step.step !== "error" && step.step !== "failed";
    if (!error.hidden) { error.textContent = step.error; return; }
    if (step.step === "prediction") {
      head.textContent = step.prediction;
      live.textContent = `Decided: ${step.prediction}`;
      values.own = step.own;
      for (const one of values.all) if (!(one.form.name in values.moved)) one.show(step.own[one.form.name]);
    } else if (step.step === "why") {
      because.replaceChildren(...why(step.view)); because.classList.remove("waiting");
    } else if (step.step === "change") {
      unless.replaceChildren(...(step.already ? [make("p", "", "It is decided as wanted already.")] : changes(step.view)));
      unless.classList.remove("waiting");
    } else if (step.step === "done") {
      spent.textContent = `Answered in ${Math.round(step.seconds * 1000)} ms.`;
    }
  });
  pick.addEventListener("change", () => { values.moved = {}; ask(); });
  wanted.addEventListener("change", ask);
  const middle = make("div", "", "", [head, error, live, make("h3", "", "Why"), because, make("h3", "", "What would change it"), wanted, unless, spent]);
  middle.lastElementChild.previousElementSibling.className = "changes";
  box.append(make("div", "columns", "", [make("div", "", "", [pick, left]), middle]));
  ask();
}
export default { render };
