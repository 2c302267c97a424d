// Helps for pages that work without them. The pure functions at the top say the
// same as package lang on the server; the tests hold both to the same vectors.

const marks = (lang) => (lang === "en" ? [",", "."] : [".", ","]);
const units = { "": 0, k: 3, "nghìn": 3, nghin: 3, "ngàn": 3, ngan: 3, tr: 6, "triệu": 6, trieu: 6, "tỷ": 9, "tỉ": 9, ty: 9, ti: 9 };
const unitsEn = { thousand: 3, m: 6, million: 6, bn: 9, billion: 9 };

// parseAmount reads a typed amount strictly: a canonical decimal, or null for
// what is wrong or can be read in two ways.
export function parseAmount(typed, lang, scale) {
  const s = typed.normalize("NFC").replace(/[\p{Zs}\t]/gu, " ").trim();
  const [, number, rest] = /^([0-9., ]*)([^]*)$/.exec(s);
  let unit = rest.trim().toLowerCase();
  if (scale === 0) unit = unit.replace(/(vnđ|vnd|đồng|dong|đ|₫)$/, "").trim();
  const exponent = Object.hasOwn(units, unit) ? units[unit] : lang === "en" && Object.hasOwn(unitsEn, unit) ? unitsEn[unit] : -1;
  const n = number.trimEnd();
  if (n === "" || exponent < 0 || [...typed].length > 40) return null;
  let [group, point] = marks(lang);
  const own = group;
  const dots = n.split(".").length - 1, commas = n.split(",").length - 1;
  if (n.includes(" ")) group = " ";
  else if (dots && commas) [group, point] = n.search(/[.,]/) === n.indexOf(".") ? [".", ","] : [",", "."];
  else if (n.split(point).length > 2) [group, point] = [point, group];
  const [whole, ...fractions] = n.split(point);
  const fraction = fractions.join(point);
  if (fractions.length && !/^\d+$/.test(fraction)) return null;
  const groups = whole.split(group);
  if (!groups.every((g) => /^\d+$/.test(g))) return null;
  if (groups.length > 1 && (groups[0].length > 3 || n[0] === "0" || groups.slice(1).some((g) => g.length !== 3))) return null;
  const lone = dots + commas === 1 && group !== " " && n[0] !== "0" && /^\d{1,3}[.,]\d{3}$/.test(n);
  if (lone && (exponent > 0 || !n.includes(own))) return null;
  const f = fraction.padEnd(exponent, "0");
  const w = (groups.join("") + f.slice(0, exponent)).replace(/^0+(?=\d)/, "");
  const d = f.slice(exponent).replace(/0+$/, "");
  return d.length > scale || w.length > 18 ? null : d ? w + "." + d : w;
}

// group writes a canonical decimal as tables do, negative in brackets.
export function group(canonical, lang) {
  const [g, p] = marks(lang);
  const [whole, fraction] = canonical.replace("-", "").split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, g) + (fraction ? p + fraction : "");
  return canonical.startsWith("-") ? `(${text})` : text;
}

const vi = "không một hai ba bốn năm sáu bảy tám chín".split(" ");
const small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const tens = ",,twenty,thirty,forty,fifty,sixty,seventy,eighty,ninety".split(",");
const scales = ",thousand,million,billion,trillion,quadrillion,quintillion,sextillion".split(",");

function hundredsVi(group, led) {
  const [h, t, u] = [...group].map(Number), w = [];
  if (h || led) w.push(vi[h], "trăm");
  if (t > 1) w.push(vi[t], "mươi");
  else if (t) w.push("mười");
  else if (u && w.length) w.push("linh");
  if (u) w.push(u === 1 && t > 1 ? "mốt" : u === 4 && t > 1 ? "tư" : u === 5 && t ? "lăm" : vi[u]);
  return w;
}

function spellVi(digits) {
  if (digits.length > 9) {
    return [...spellVi(digits.slice(0, -9)), "tỷ", ...millionsVi(digits.slice(-9), true)];
  }
  return millionsVi(digits.padStart(9, "0"), false);
}

function millionsVi(digits, led) {
  const w = [];
  ["triệu", "nghìn", ""].forEach((name, i) => {
    const g = digits.slice(3 * i, 3 * i + 3);
    if (g !== "000") w.push(...hundredsVi(g, led || w.length > 0), name);
  });
  return w.filter(Boolean);
}

function spellEn(digits) {
  const w = [], d = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  for (let i = 0; i < d.length; i += 3) {
    const h = +d[i], rest = +d.slice(i + 1, i + 3), scale = (d.length - i) / 3 - 1;
    if (!h && !rest) continue;
    if (h) w.push(small[h], "hundred");
    if (rest && (h || (!scale && w.length))) w.push("and");
    if (rest) w.push(rest < 20 ? small[rest] : tens[Math.floor(rest / 10)] + (rest % 10 ? "-" + small[rest % 10] : ""));
    if (scales[scale]) w.push(scales[scale]);
  }
  return w;
}

// words spells a canonical amount; major and minor name the currency, "one|many".
export function words(canonical, lang, major, minor) {
  const name = (names, n) => names.split("|").at(n === "1" ? 0 : -1);
  const [whole, rest = ""] = canonical.replace("-", "").split(".");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const w = digits === "0" ? [lang === "en" ? small[0] : vi[0]] : lang === "en" ? spellEn(digits) : spellVi(digits);
  if (canonical.startsWith("-")) w.unshift(lang === "en" ? "minus" : "âm");
  w.push(name(major, digits));
  const fraction = rest.replace(/0+$/, "").padEnd(2, "0");
  if (fraction !== "00" && minor) {
    const n = fraction.replace(/^0+/, "");
    w.push(lang === "en" ? "and" : "và", n, name(minor, n));
  }
  const text = w.join(" ");
  return text[0].toUpperCase() + text.slice(1);
}

// completeDate writes 17 or 17/3 as a whole date, by the ISO date of the day;
// null for what is no date.
export function completeDate(typed, today) {
  const p = /^(\d{1,2})(?:([/.-])(\d{1,2})(?:\2(\d{2}|\d{4}))?)?$/.exec(typed.trim());
  if (!p) return null;
  const [y, m] = today.split("-").map(Number);
  const year = p[4] ? +p[4] + (p[4].length === 2 ? 2000 : 0) : y, month = p[3] ? +p[3] : m, day = +p[1];
  const d = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || year > y + (p[4]?.length === 2 ? 10 : 999) || d.getUTCMonth() !== month - 1 || d.getUTCDate() !== day) return null;
  return `${String(day).padStart(2, "0")}/${String(month).padStart(2, "0")}/${year}`;
}

const page = typeof document === "undefined" ? null : document;
const at = (id) => page.getElementById(id);
const make = (tag, text, attributes = {}) => {
  const e = page.createElement(tag);
  e.textContent = text;
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  return e;
};
const composing = (event) => event.isComposing || event.keyCode === 229;

function frame() {
  const root = page.documentElement;
  root.dataset.js = "";
  const closeMenus = (event) => {
    for (const menu of page.querySelectorAll("details.menu[open]")) {
      if (event.key === "Escape" && menu.contains(page.activeElement)) menu.firstElementChild.focus();
      if (event.key === "Escape" || !menu.contains(event.target)) menu.open = false;
    }
  };
  const openTarget = () => {
    const e = location.hash.length > 1 && at(location.hash.slice(1));
    if (e && e.tagName === "DETAILS") e.open = true;
  };
  page.addEventListener("click", (event) => {
    closeMenus(event);
    if (event.target.closest("[data-print]")) print();
    if (!event.target.closest("[data-theme-switch]")) return;
    event.preventDefault();
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    page.cookie = `theme=${root.dataset.theme};path=/;max-age=34560000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
  });
  page.addEventListener("focusin", closeMenus);
  page.addEventListener("keydown", (event) => event.key === "Escape" && closeMenus(event));
  addEventListener("hashchange", openTarget);
  openTarget();
}

// picker makes a line field a combobox over the server's search.
function picker(input, form, chosen) {
  const list = make("ul", "", { role: "listbox", id: input.id + "-list", "aria-label": input.labels[0].textContent });
  list.hidden = true;
  input.after(list);
  for (const [k, v] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" })) input.setAttribute(k, v);
  let current = -1, asked = 0, timer;
  const show = (on) => {
    list.hidden = !on;
    input.setAttribute("aria-expanded", on);
    if (!on) input.removeAttribute("aria-activedescendant");
  };
  const mark = (i) => {
    current = (i + list.children.length) % list.children.length;
    [...list.children].forEach((o, j) => o.setAttribute("aria-selected", j === current));
    const o = list.children[current];
    o?.scrollIntoView({ block: "nearest" });
    if (o) input.setAttribute("aria-activedescendant", o.id);
  };
  const choose = (o) => {
    input.value = o.dataset.value;
    show(false);
    chosen();
  };
  const search = async () => {
    const mine = ++asked;
    const answer = await ask(form.dataset.base + "/find-line?q=" + encodeURIComponent(input.value));
    if (mine !== asked || !answer || page.activeElement !== input) return;
    list.replaceChildren(...answer.map((c, i) => {
      const o = make("li", c.text, { role: "option", id: `${input.id}-${i}`, "data-value": c.value });
      o.append(make("small", c.value));
      return o;
    }));
    if (!answer.length) list.append(make("li", form.dataset.none, { role: "option", "aria-disabled": "true", id: input.id + "-0" }));
    show(true);
    if (answer.length) mark(0);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asked++;
    if (input.value.trim()) timer = setTimeout(search, 120);
    else show(false);
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const o = event.target.closest("[data-value]");
    if (o) choose(o);
  });
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (list.hidden || composing(event)) return;
    const o = list.children[current];
    if (event.key === "ArrowDown") mark(current + 1);
    else if (event.key === "ArrowUp") mark(current - 1);
    else if (event.key === "Escape") show(false);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && o?.dataset.value) {
      choose(o);
      if (event.key === "Tab") return;
    } else return;
    event.preventDefault();
    if (event.key !== "Enter") event.stopPropagation();
  });
}

// ask gets JSON; null when there is none, as after the session has ended.
async function ask(url) {
  try {
    const r = await fetch(url, { headers: { accept: "application/json" } });
    return r.ok && r.headers.get("content-type").includes("json") ? await r.json() : null;
  } catch {
    return null;
  }
}

// amountField groups digits while only digits are typed, and leaves alone what
// has marks or a unit of the person's own.
function amountField(input, lang, scale, changed) {
  const [mark] = marks(lang);
  const plain = () => input.value.replaceAll(mark, "");
  let own = input.value !== "" && !(/^\d+$/.test(plain()) && input.value === group(plain(), lang));
  input.addEventListener("beforeinput", (event) => {
    const i = input.selectionStart;
    if (!own && event.inputType === "deleteContentBackward" && i === input.selectionEnd && input.value[i - 1] === mark) input.setSelectionRange(i - 1, i - 1);
  });
  input.addEventListener("input", (event) => {
    if (input.value === "") own = false;
    else if (/\D/.test(event.data ?? (event.inputType?.startsWith("delete") ? "" : input.value))) own = true;
    if (!own && !event.isComposing) {
      const after = input.value.slice(input.selectionStart).replaceAll(mark, "").length;
      input.value = group(plain().replace(/^0+(?=\d)/, ""), lang);
      let i = input.value.length;
      for (let n = after; n > 0; i--) if (input.value[i - 1] !== mark) n--;
      input.setSelectionRange(i, i);
    }
    changed();
  });
  input.addEventListener("blur", () => {
    const c = parseAmount(input.value, lang, scale);
    if (c) input.value = group(c, lang);
    own = false;
    changed();
  });
}

function voucher(form) {
  const lang = page.documentElement.lang, data = form.dataset, scale = +data.scale;
  const amount = at("amount"), units = (c) => {
    const [w, f = ""] = c.split(".");
    return BigInt(w + f.padEnd(scale, "0"));
  };
  const text = (n) => {
    const s = (n < 0n ? -n : n).toString().padStart(scale + 1, "0");
    return group((n < 0n ? "-" : "") + (scale ? s.slice(0, -scale) + "." + s.slice(-scale) : s), lang);
  };
  let state = null, used = Date.now();

  function draw() {
    const typed = amount.value.trim(), c = typed && parseAmount(typed, lang, scale);
    at("words").textContent = c ? words(c, lang, data.major, data.minor) : typed ? data.unread : "";
    if (!state) return;
    const n = c ? units(c) : 0n, left = state.left && units(state.left), after = state.left ? left + BigInt(state.effect) * n : null;
    const over = after !== null && after < 0n && n > 0n;
    at("panel-title").textContent = over ? data.over : data.after;
    at("panel-left").textContent = after === null ? "–" : `${text(after)} ${data.sign}`;
    at("panel-left").classList.toggle("red", over);
    at("panel-name").textContent = state.name || data.choose;
    at("panel-rows").replaceChildren(...state.rows.map((r) => row(r.label, r.class, group(r.amount, lang))));
    at("panel-this").hidden = !state.name;
    at("this").textContent = n ? text(n) : "–";
    at("panel-at").textContent = state.name ? state.at : "";
    at("over").hidden = !over || at("amount-wrong");
    at("over").textContent = over ? data.overHelp.replace("@", text(left)) : "";
    bar(n, over);
  }

  function row(label, color, value) {
    const r = make("div", ""), dt = make("dt", "");
    if (color) dt.append(make("span", "", { class: "dot " + color }));
    dt.append(label);
    r.append(dt, make("dd", value));
    return r;
  }

  function bar(n, over) {
    const base = state.base ? units(state.base) : 0n, parts = state.rows.filter((r) => r.class).map((r) => [r.class, units(r.amount)]);
    if (state.effect < 0) parts.push([over ? "over" : "this", n]);
    let x = 0;
    at("panel-bar").toggleAttribute("hidden", base <= 0n);
    at("panel-bar").replaceChildren(...(base <= 0n ? [] : parts).map(([color, part]) => {
      const width = part <= 0n ? 0 : Math.min(Number((part * 10000n) / base), 10000 - x);
      const r = page.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [k, v] of Object.entries({ class: color, x, y: 0, width, height: 10 })) r.setAttribute(k, v);
      x += width;
      return r;
    }));
  }

  function fill(select, choices) {
    if (!select || select.tagName !== "SELECT") return;
    const had = select.value, first = select.options[0];
    select.replaceChildren(first, ...choices.map((c) => make("option", c.text, { value: c.value })));
    select.value = had;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }

  let turn = 0;
  async function refresh() {
    const mine = ++turn, q = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value && /^(kind|line|obligation|direction|year|source|project|unit|khoan|nature)$/.test(name)) q.set(name, value);
    }
    const answer = await ask(`${data.base}/balance?${q}`);
    if (mine !== turn) return;
    if (!answer) return void (at("panel-at").textContent = data.offline);
    state = answer;
    fill(form.elements.obligation, state.obligation);
    fill(form.elements.of, state.of);
    if (state.line && at("line-hint")) at("line-hint").textContent = state.title;
    draw();
  }

  for (const input of form.querySelectorAll("[data-as=line]")) picker(input, form, refresh);
  for (const input of form.querySelectorAll("[data-as=date]")) {
    input.addEventListener("blur", () => (input.value = completeDate(input.value, form.elements.workday.value) ?? input.value));
  }
  amountField(amount, lang, scale, draw);
  form.addEventListener("change", (event) => event.target !== amount && refresh());
  form.addEventListener("input", () => (used = Date.now()));
  form.addEventListener("focusin", (event) => event.target.dataset.as && event.target.select?.());
  form.addEventListener("submit", (event) => {
    if (data.sent) event.preventDefault();
    data.sent = "1";
  });
  addEventListener("pageshow", () => delete data.sent);
  page.addEventListener("keydown", (event) => keys(event, form));
  // Asking keeps the session alive, so it ends with the person's own work.
  setInterval(() => page.visibilityState === "visible" && Date.now() - used < 300_000 && refresh(), 15_000);
  refresh();
}

// keys: Ctrl Enter records from everywhere, Alt N begins anew, Enter goes on to
// the next field. Never a bare letter: input methods need those.
function keys(event, form) {
  if (composing(event) || event.defaultPrevented && event.key !== "Enter") return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    page.activeElement.blur();
    form.requestSubmit(at("next"));
  } else if (event.altKey && event.code === "KeyN") {
    event.preventDefault();
    at("fresh").click();
  } else if (event.key === "Enter" && !event.shiftKey && !event.altKey && form.contains(event.target) && event.target.matches("input,select")) {
    event.preventDefault();
    const all = [...form.elements].filter((e) => e.matches("input:not([type=hidden]),select,#next") && e.offsetParent);
    all[all.indexOf(event.target) + 1]?.focus();
  }
}

if (page) {
  frame();
  const form = at("voucher");
  if (form) voucher(form);
}
