// The controls of the values: one a feature. `state` has what was moved, locked and bounded.
import { make } from "./answer.js";

const said = (value) => (value === null || value === undefined ? "missing" : String(Number.isInteger(value) ? value : +value.toPrecision(6)));

export class Values {
  constructor(box, controls, changed) {
    this.box = box; this.changed = changed; this.moved = {}; this.locked = new Set(); this.ranges = {}; this.own = {};
    this.all = controls.map((control, i) => this.control(control, i));
    box.replaceChildren(...this.all.map((one) => one.box));
  }

  control(form, i) {
    const id = `value-${i}`, one = { form, box: make("div", `value${form.tested ? "" : " unused"}`) };
    const label = make("label", "", form.name + (form.tested ? "" : " (not used)"));
    label.htmlFor = id;
    const lock = make("button", "lock", "Lock"), back = make("button", "back", "Back");
    lock.type = back.type = "button"; lock.setAttribute("aria-pressed", "false");
    lock.setAttribute("aria-label", `Lock ${form.name}`); back.setAttribute("aria-label", `Put ${form.name} back`); back.hidden = true;
    lock.addEventListener("click", () => {
      const on = !this.locked.has(form.name);
      on ? this.locked.add(form.name) : this.locked.delete(form.name);
      lock.textContent = on ? "Locked" : "Lock"; lock.setAttribute("aria-pressed", String(on)); this.changed();
    });
    back.addEventListener("click", () => { delete this.moved[form.name]; one.show(this.own[form.name]); this.changed(); });
    one.box.append(make("div", "name", "", [label, make("span", "small", "", [back, lock])]));
    const move = (value) => {
      if (Object.is(value, this.own[form.name])) delete this.moved[form.name]; else this.moved[form.name] = value;
      one.mark(); this.changed();
    };
    one.mark = () => { const is = form.name in this.moved; back.hidden = !is; one.box.classList.toggle("moved", is); };
    if (form.kind === "number" || form.kind === "integer") this.number(one, id, move);
    else this.listed(one, id, move);
    const show = one.show;
    one.show = (value) => { show(value); one.mark(); };
    return one;
  }

  number(one, id, move) {
    const { form } = one, slider = make("input"), typed = make("input");
    slider.type = "range"; slider.min = form.low; slider.max = form.high;
    slider.step = form.kind === "integer" ? 1 : "any"; slider.setAttribute("aria-label", `Move ${form.name}`);
    typed.type = "number"; typed.step = form.kind === "integer" ? 1 : "any"; typed.id = id; typed.placeholder = form.missing ? "missing" : "";
    const round = (x) => (form.kind === "integer" ? Math.round(x) : +(+x).toPrecision(4));
    slider.addEventListener("input", () => { const x = round(slider.value); typed.value = x; move(x); });
    typed.addEventListener("change", () => {
      if (typed.value === "" && !form.missing) { one.show(this.value(form.name)); return; }
      const x = typed.value === "" ? null : +typed.value; if (x !== null) slider.value = x; move(x);
    });
    one.show = (value) => { typed.value = value === null || value === undefined ? "" : said(value); if (value !== null) slider.value = value; };
    one.box.append(make("div", "set", "", [slider, typed]), this.range(form));
  }

  range(form) {
    const ends = [make("input"), make("input")];
    ends.forEach((end, i) => {
      end.type = "number"; end.step = "any"; end.setAttribute("aria-label", `${i ? "Greatest" : "Least"} possible ${form.name}`);
      end.addEventListener("change", () => {
        const pair = ends.map((each) => (each.value === "" ? null : +each.value));
        if (pair.every((each) => each === null)) delete this.ranges[form.name]; else this.ranges[form.name] = pair;
        this.changed();
      });
    });
    return make("details", "", "", [make("summary", "", "Possible values"), make("span", "", "", [ends[0], " to ", ends[1]])]);
  }

  listed(one, id, move) {
    const { form } = one, set = make(form.kind === "text" ? "input" : "select");
    set.id = id;
    if (form.kind === "text") { set.type = "text"; set.addEventListener("change", () => move(set.value)); }
    else {
      const names = form.kind === "toggle" ? ["no", "yes"] : form.options;
      names.forEach((name, i) => { const option = make("option", "", name); option.value = i; set.append(option); });
      if (form.missing) { const option = make("option", "", "missing"); option.value = ""; set.append(option); }
      set.addEventListener("change", () => move(set.value === "" ? null : form.kind === "toggle" ? set.value === "1" : +set.value));
    }
    one.show = (value) => { set.value = value === null || value === undefined ? "" : form.kind === "text" ? value : String(+value); };
    one.box.append(make("div", "set one", "", [set]));
  }

  value(name) { return name in this.moved ? this.moved[name] : this.own[name]; }
  show(own) { this.own = own; for (const one of this.all) one.show(this.value(one.form.name)); }
  reset() { this.moved = {}; this.show(this.own); }
}
