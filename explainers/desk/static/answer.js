// Draws an answer. All texts are set as text: names and values may be anything.
const SVG = "http://www.w3.org/2000/svg";

export function make(name, classes = "", text = "", children = []) {
  const one = document.createElement(name);
  if (classes) one.className = classes;
  if (text !== "") one.textContent = text;
  one.append(...children);
  return one;
}

function shape(name, classes, values) {
  const one = document.createElementNS(SVG, name);
  one.setAttribute("class", classes);
  for (const [key, value] of Object.entries(values)) one.setAttribute(key, value);
  return one;
}

const WIDE = 320, BASE = 30;

function numberLane(form, kind, label) {
  const svg = shape("svg", "lane", { viewBox: `-8 0 ${WIDE + 16} 46`, role: "img", "aria-label": label });
  const box = (classes, x, y, width, height, rx = 0) => svg.append(shape("rect", classes, { x, y, width, height, rx }));
  box("track", 0, BASE, WIDE, 1);
  const wide = WIDE / Math.max(1, form.bars.length);
  form.bars.forEach((high, i) => { if (high) box("people", i * wide, BASE - 22 * high, Math.max(0.5, wide - 0.6), 22 * high); });
  for (const [low, high, endsLow, endsHigh] of form.runs) {
    box(`band ${kind}`, low * WIDE, BASE - 9, Math.max(1.5, (high - low) * WIDE), 18, 3);
    if (endsLow) box(`end ${kind}`, low * WIDE - 1, BASE - 9, 2, 18);
    if (endsHigh) box(`end ${kind}`, high * WIDE - 1, BASE - 9, 2, 18);
  }
  if (form.own !== null && form.new !== null && form.own !== form.new) {
    const a = form.own * WIDE, b = form.new * WIDE, tip = b > a ? 6 : -6;
    svg.append(shape("line", "arrow", { x1: a, y1: BASE, x2: b - tip, y2: BASE }));
    svg.append(shape("path", "tip", { d: `M${b} ${BASE} l${-tip} -4.5 v9 z` }));
  }
  if (form.own !== null) svg.append(shape("circle", "own", { cx: form.own * WIDE, cy: BASE, r: 4.5 }));
  return svg;
}

function lane(statement, kind) {
  const form = statement.lane;
  if (!form) return make("span");
  if (form.kind === "number") return numberLane(form, kind, statement.says);
  const box = make("span", "options");
  for (const one of form.options) {
    const option = make("span", `option${one.allowed ? " allowed" : ""}${one.own ? " mine" : ""}`, one.name);
    if (one.own) option.append(make("span", "hidden", " (the row's own value)"));
    box.append(option);
  }
  if (form.more) box.append(make("span", "option", `and ${form.more} more`));
  return box;
}

const status = (words, proved) => make("p", `status${proved ? "" : " unproved"}`, "", [make("span", "", words)]);

export function why(view) {
  const out = [status(view.why.status, view.why.proved)];
  for (const one of view.why.statements) {
    const says = make("span", "", "", [make("span", "says", one.short)]);
    if (one.own) says.append(make("br"), make("span", "own", `here: ${one.own}`));
    out.push(make("div", "card statement", "", [says, make("span", "", "", [lane(one, "holds")])]));
  }
  if (view.why.note) out.push(make("p", "quiet", view.why.note));
  return out;
}

export function table(heads, rows) {
  const row = (cells, tag) => make("tr", "", "", cells.map((cell) => (cell instanceof Node ? cell : make(tag, "", cell))));
  return make("table", "", "", [make("thead", "", "", [row(heads, "th")]), make("tbody", "", "", rows.map((one) => row(one, "td")))]);
}

export function changes(view) {
  if (!view.changes.length) return [make("p", "", view["no changes because"])];
  return view.changes.slice(0, 1).map((one) => {
    const head = make("h3", "", one.statements.map((each) => each.short).join(" and ") || "The row as it is");
    if (one.prediction !== null) head.append(" ", make("span", "tag", `→ ${one.prediction}`));
    const card = make("div", "card plain", "", [head, status(one.status, one.proved)]);
    if (one.new.length) card.append(table(["Feature", "Now", "Then"], one.new.map((each) => [each.feature, make("td", "from", each.from), make("td", "to", each.to)])));
    for (const each of one.statements) if (each.lane && each.lane.kind === "number") card.append(make("div", "", "", [lane(each, "changes")]));
    if (one.note) card.append(make("p", "quiet", one.note));
    return card;
  });
}

export function compared(found) {
  const side = (one, other) => {
    const card = make("div", "card plain", "", [make("p", "eyebrow", `Row ${one.row}${one.moved.length ? ", moved" : ""}`), make("h3", "", one.prediction)]);
    card.append(make("ul", "", "", one.statements.map((each) => make("li", each.fits ? "fits" : "fails", each.says))));
    const says = one.holds === null ? `No reason to show: ${one.why}.`
      : one.holds ? `This reason holds for row ${other.row} too: it forces the same decision there.`
      : `This reason does not hold for row ${other.row}.`;
    card.append(make("p", "quiet", says));
    return card;
  };
  const [a, b] = found.rows;
  return [make("div", "pair", "", [side(a, b), side(b, a)]),
    table(["Feature", `Row ${a.row}`, `Row ${b.row}`], found.differences.map((one) => [one.feature, one.a, one.b])),
    make("p", "quiet", `${found.same} other features are alike.`)];
}
