(() => {
  "use strict";
  const at = (id) => document.getElementById(id);
  const { rows, columns } = JSON.parse(at("data").textContent);
  const STEP = 200;
  const ROLES = { tr: "row", td: "cell", th: "rowheader" }; // narrow pages lay rows out as cards, and stay tables
  let shown = STEP, sortKey = "", sortDown = false;

  const make = (name, text, parent, klass) => {
    const node = document.createElement(name);
    if (text !== undefined && text !== null) node.textContent = text;
    if (klass) node.className = klass;
    if (ROLES[name]) node.setAttribute("role", ROLES[name]);
    if (parent) parent.append(node);
    return node;
  };
  const chips = (said, parent) => said.forEach((one) => make("span", one, parent, "chip"));

  const fill = (id, values) => [...new Set(values)].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }))
    .forEach((value) => { make("option", value, at(id)).value = value; });
  fill("by-prediction", rows.map((row) => row.prediction));
  fill("by-feature", rows.flatMap((row) => row.features));
  fill("by-status", rows.map((row) => row.status));
  rows.forEach((row) => {
    row.text = [row.row, row.prediction, ...row.reason, ...row.change, ...row.values.flat(), row.none].join("\n").toLowerCase();
  });

  const chosen = () => {
    const [prediction, feature, status] = ["by-prediction", "by-feature", "by-status"].map((id) => at(id).value);
    const words = at("by-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const out = rows.filter((row) => (!prediction || row.prediction === prediction) && (!status || row.status === status)
      && (!feature || row.features.includes(feature)) && words.every((word) => row.text.includes(word)));
    if (!sortKey) return out;
    const value = (row) => (Array.isArray(row[sortKey]) ? row[sortKey].join(" ") : row[sortKey] ?? "");
    const sign = sortDown ? -1 : 1;
    return out.sort((a, b) => {
      const [x, y] = [value(a), value(b)];
      if (typeof x === "number" && typeof y === "number") return sign * (x - y);
      return sign * String(x).localeCompare(String(y), undefined, { numeric: true });
    });
  };

  const detail = (row, line, button) => {
    const open = line.nextElementSibling;
    if (open && open.className === "detail") {
      open.remove();
      button.setAttribute("aria-expanded", "false");
      return;
    }
    const place = make("tr", null, null, "detail");
    const cell = make("td", null, place);
    cell.colSpan = columns.length;
    if (row.own.length) {
      make("p", "Here: " + row.own.join(", "), cell);
    }
    if (row.new.length) {
      make("p", "Changed: " + row.new.map((one) => `${one.feature} from ${one.from} to ${one.to}`).join(", ")
        + (row.to ? `, which gives ${row.to}` : ""), cell);
    }
    if (row.values.length) make("p", "The row: " + row.values.map(([name, value]) => `${name} = ${value}`).join(", "), cell, "quiet");
    line.after(place);
    button.setAttribute("aria-expanded", "true");
  };

  const draw = () => {
    const found = chosen(), body = at("body");
    body.replaceChildren();
    found.slice(0, shown).forEach((row) => {
      const line = make("tr", null, body);
      const head = make("th", null, line);
      head.scope = "row";
      const button = make("button", row.row, head, "open");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => detail(row, line, button));
      make("td", row.prediction, line);
      const reason = make("td", row.none, line, "because");
      chips(row.reason, reason);
      make("td", row.size, line, "number");
      make("td", row.status, line);
      if (columns.includes("change")) chips(row.change, make("td", null, line, "unless"));
    });
    at("count").textContent = found.length === rows.length ? `${rows.length} rows` : `${found.length} of ${rows.length} rows`;
    at("more").hidden = found.length <= shown;
  };

  document.querySelectorAll("#table thead th").forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      sortDown = sortKey === head.dataset.key && !sortDown;
      sortKey = head.dataset.key;
      document.querySelectorAll("#table thead th").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sortDown ? "descending" : "ascending");
      draw();
    });
  });
  at("filters").hidden = false;
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  const anew = () => { shown = STEP; draw(); };
  at("by-text").addEventListener("input", anew); // not "change": it comes when a row is clicked after typing
  document.querySelectorAll("#filters select").forEach((one) => one.addEventListener("change", anew));
  at("more").addEventListener("click", () => { shown += STEP; draw(); });
  draw();
})();
