// The panel: headline numbers, colour choice and legend, layers, notes, language.
(function (deadzones) {
  "use strict";
  const { el, decimals } = deadzones;
  const byId = (id) => document.getElementById(id);

  deadzones.setUpControls = function (page) {
    setUpLanguage(page);
    setUpMeasure(page);
    page.on("view", () => headline(page));
    page.on("language", () => {
      headline(page);
      deadzones.sources(page);
      deadzones.notes(page);
    });
    page.on("language", () => layers(page));
    page.listeners.view.push(() => layers(page));
    page.on("layers", () => counts(page));
    page.on("layers", () => legend(page));
    narrow.addEventListener("change", () => placeholders(page));
    setUpMenu();
  };

  // ---- language -----------------------------------------------------------------------------

  // What is to be built stands apart from what is there.
  function groupOf(layer) {
    if (!layer?.layer) return null;
    return ["planned", "added", "dropped"].includes(layer.kind) ? "to_build" : "existing";
  }

  function setUpLanguage(page) {
    const buttons = [...document.querySelectorAll("#dz-lang button")];
    for (const button of buttons) button.addEventListener("click", () => page.setLanguage(button.dataset.lang));
    page.on("language", () => {
      document.documentElement.lang = page.lang;
      document.title = byId("dz-title").textContent = page.pick(page.settings.title);
      for (const button of buttons) button.setAttribute("aria-pressed", button.dataset.lang === page.lang);
      for (const node of document.querySelectorAll("[data-word]")) node.textContent = page.word(node.dataset.word);
      for (const node of document.querySelectorAll("[data-word-label]")) {
        node.setAttribute("aria-label", page.word(node.dataset.wordLabel));
        if (node.hasAttribute("title")) node.title = page.word(node.dataset.wordLabel);
      }
      placeholders(page);
      page.map.closePopup();
    });
  }

  // A narrow screen has room for a short one only.
  const narrow = window.matchMedia("(max-width: 720px)");
  function placeholders(page) {
    for (const node of document.querySelectorAll("[data-word-placeholder]"))
      node.placeholder = page.word(narrow.matches ? node.dataset.wordShort : node.dataset.wordPlaceholder);
  }

  // ---- headline -----------------------------------------------------------------------------

  function headline(page) {
    const { settings, provinces, communes } = page;
    const { compare } = settings;
    const dates = settings.sources.map((source) => source.date).filter(Boolean).sort();
    byId("dz-subtitle").textContent = [
      provinces.rows > 1 ? page.word("in_provinces", { n: page.number(provinces.rows) }) : null,
      settings.province === null && provinces.rows === 1 ? provinces.columns.name[0] : null,
      page.word("units", { n: page.number(communes.rows) }),
      dates.length ? page.word("newest", { date: page.date(dates.at(-1)) }) : null,
    ].filter(Boolean).join(" · ");
    const row = page.provinceRow.get(settings.province);
    const before = page.view === "before";
    const whole = before ? compare.national : settings.national;
    const part = before ? page.compared.before.provinces : provinces.columns;
    const get = (key) => (row === undefined ? whole[key] : part[key]?.[row]);
    byId("dz-headline").hidden = page.view === "change"; // who gained and lost is told instead
    const found = [
      ["dead_people", get("dead_people"), (value) => page.number(value)],
      ["all_served", get("all_people_pct"), (value) => page.percent(value)],
      ["dead_zones", before ? compare.zones?.before[0] : page.zones.about.total, (value) => page.number(value)],
    ].filter(([, value]) => value !== undefined);
    byId("dz-headline").replaceChildren(...found.map(([key, value, write]) =>
      el("div", {}, el("dd", {}, value === null ? page.word("no_data") : write(value)), el("dt", {}, page.word(key)))));
  }

  // ---- measure and legend -------------------------------------------------------------------

  function setUpMeasure(page) {
    const select = byId("dz-measure");
    select.addEventListener("change", () => page.setMeasure(select.value));
    page.on("language", () => {
      const groups = new Map();
      for (const measure of page.measures.values()) {
        const name = page.pick(measure.group);
        if (!groups.has(name)) groups.set(name, el("optgroup", { label: name }));
        groups.get(name).append(el("option", { value: measure.key }, page.pick(measure.label)));
      }
      select.replaceChildren(...groups.values());
      select.value = page.measure.key;
      legend(page);
    });
    page.on("measure", () => {
      select.value = page.measure.key;
      legend(page);
    });
    const paper = () => { byId("dz-paper").textContent = page.pick(page.measure.label); };
    page.on("language", paper);
    page.on("measure", paper);
  }

  function legend(page) {
    const { measure, scale, settings } = page;
    const tally = new Array(scale.colors.length + 1).fill(0);
    for (const value of page.shown) tally[page.classOf(scale, value) + 1]++;
    const most = Math.max(1, ...tally);
    const row = (place) => el("li", {},
      swatch(page, place),
      el("span", { class: "dz-range" }, place < 0 ? page.word(scale.steps ? "not_comparable" : "no_data") : range(page, scale, place)),
      el("span", { class: "dz-tally" }, el("i", { style: { width: `${(100 * tally[place + 1]) / most}%` } })),
      el("b", {}, page.number(tally[place + 1])),
    );
    const places = scale.colors.map((color, place) => place);
    if (measure.unit === "people" || scale.steps) places.reverse();
    if (scale.better === -1) places.reverse(); // better stands first
    const ends = (place) => (scale.steps ? page.word(place === places[0] ? "better" : "worse") : range(page, scale, place));
    const name = [page.pick(measure.label), settings.compare && page.word(`view_${page.view}`)].filter(Boolean).join(" · ");
    byId("dz-legend").replaceChildren(
      el("p", { class: "dz-hint dz-legend-head" },
        el("span", {}, scale.steps ? [page.word("change_key"), el("br"), page.word(`change_key_${scale.unit}`)] : page.word("darker")),
        el("span", {}, page.word("communes_count"))),
      el("ul", { class: scale.steps ? "dz-legend dz-legend-change" : "dz-legend" }, places.map(row), tally[0] ? row(-1) : null),
    );
    byId("dz-mini").replaceChildren(
      el("span", {}, name),
      el("span", { class: "dz-strip" }, [...places, ...(tally[0] ? [-1] : [])].map((place) => swatch(page, place))),
      el("span", { class: "dz-ends" }, el("i", {}, ends(places[0])), el("i", {}, ends(places.at(-1)))),
      ...(page.layers ?? []).filter((layer) => layer.signal && layer.on).flatMap((layer) => signalStrip(page, layer.signal)),
    );
    byId("dz-mini").setAttribute("aria-label", `${page.word("menu")}: ${name}`);
  }

  function signalStrip(page, signal) {
    const { breaks, colors, service } = signal.about;
    const [low, high] = [breaks[0], breaks.at(-1)].map((value) => page.number(value, decimals(value)));
    const unit = page.services.get(service).unit;
    return [
      el("span", {}, deadzones.signalName(page, signal)),
      el("span", { class: "dz-strip" }, colors.map((color) => drawn(() => color))),
      el("span", { class: "dz-ends" }, el("i", {}, low), el("i", {}, page.word("from", { n: `${high} ${unit}` }))),
    ];
  }

  // The limits of a class of changes, from its middle outward, with their sign.
  function changeRange(page, { steps }, place) {
    const side = place - steps.length;
    const [low, high] = [steps[Math.abs(side) - 1], steps[Math.abs(side)]];
    const write = (value) => (side > 0 ? "+" : "") + page.number(side < 0 ? -value : value, decimals(value));
    if (side === 0) return page.word("change_least", { n: page.number(high, decimals(high)) });
    if (high === undefined) return page.word(side > 0 ? "change_up" : "change_down", { n: write(low) });
    return page.word("between", side > 0 ? { low: write(low), high: write(high) } : { low: write(high), high: write(low) });
  }

  function range(page, measure, place) {
    if (measure.steps) return changeRange(page, measure, place);
    const { breaks } = measure;
    const low = breaks[place - 1], high = breaks[place];
    if (measure.unit === "people") {
      if (low === undefined) return high === 1 ? "0" : page.word("below", { n: page.number(high) });
      if (high === undefined) return page.word("from", { n: page.number(low) });
      return `${page.number(low)} – ${page.number(high - 1)}`;
    }
    const write = (value) => (measure.unit === "pct" ? page.quantity("percent", value) : page.number(value));
    if (low === undefined) return page.word("below", { n: write(high) });
    if (high === undefined) return page.word("from", { n: write(low) });
    return `${page.number(low)} – ${write(high)}`;
  }

  // A small square: the colour of a class, or the hatch of what is lacking or unknown.
  const ratio = window.devicePixelRatio || 1;
  function drawn(fill, rim) {
    const square = el("canvas", { class: "dz-swatch", width: 22 * ratio, height: 14 * ratio, "aria-hidden": "true" });
    const pen = square.getContext("2d");
    pen.scale(ratio, ratio);
    pen.fillStyle = fill(pen, { x: 0, y: 0, ratio });
    pen.fillRect(0, 0, 22, 14);
    if (rim) {
      pen.strokeStyle = rim.line;
      pen.lineWidth = 2;
      pen.setLineDash(rim.dash ?? []);
      pen.strokeRect(1.5, 1.5, 19, 11);
    }
    return square;
  }
  const swatch = (page, place) => drawn((pen, view) => deadzones.classFill(page, place, pen, view));
  const lacksSwatch = (page, lacks) => drawn((pen, view) => deadzones.lacksFill(page, pen, lacks, view));

  // ---- layers -------------------------------------------------------------------------------

  function layers(page) {
    const groups = [];
    for (const layer of page.layers) {
      const key = groupOf(layer) ?? "";
      if (groups.at(-1)?.dataset.group !== key) groups.push(layerGroup(page, key));
      groups.at(-1).append(layerEntry(page, layer));
    }
    byId("dz-layers").replaceChildren(...groups);
    counts(page);
  }

  function layerGroup(page, key) {
    const heading = key ? el("p", { class: "dz-hint", id: `dz-group-${key}` }, page.word(key)) : null;
    const about = key ? { role: "group", "aria-labelledby": `dz-group-${key}` } : {};
    return el("div", { class: "dz-group", "data-group": key, ...about }, heading);
  }

  // One layer with what belongs to it, so that a print can leave all of it out.
  function layerEntry(page, layer) {
    const id = `dz-layer-${layer.id}`;
    const box = el("input", { type: "checkbox", id, onchange: () => toggle(page, layer, box.checked) });
    box.checked = layer.on;
    const line = el("div", { class: "dz-layer" }, box, el("label", { for: id }, mark(page, layer), layer.name()), el("span", { class: "dz-count", "data-layer": layer.id }));
    const more = layer.id === "zones" ? zonesList(page) : layer.signal ? signalLegend(page, layer) : null;
    const hint = layer.hint ? el("p", { class: "dz-hint dz-layer-hint" }, layer.hint()) : null;
    return el("div", { class: "dz-entry" }, line, hint, more);
  }

  function toggle(page, layer, on) {
    layer.on = on;
    layer.show(on);
    for (const node of document.querySelectorAll("[data-legend]")) node.hidden = node.dataset.legend === layer.id ? !on : node.hidden;
    page.tell("layers");
  }

  function mark(page, layer) {
    return layer.color ? el("i", { class: `dz-key dz-key-${layer.kind}`, style: { color: layer.color } }) : null;
  }

  const zonesList = (page) => (page.view === "change" ? deadzones.zoneChangeKeys(page, drawn) : lacksList(page));

  // One line for each set of lacking services, to tell the hatches apart and switch them.
  function lacksList(page) {
    const tally = new Map();
    for (const lacks of deadzones.zonesShown(page).map(({ layer, row }) => layer.columns.lacks[row])) tally.set(lacks, (tally.get(lacks) ?? 0) + 1);
    const weight = (lacks) => lacks.split("+").reduce((sum, key) => sum + 100 + (page.services.get(key)?.place ?? 9), 0);
    const kinds = [...tally.keys()].sort((a, b) => weight(a) - weight(b));
    return el("ul", { class: "dz-lacks" }, kinds.map((lacks, place) => {
      const id = `dz-lacks-${place}`;
      const box = el("input", { type: "checkbox", id, onchange: () => {
        page.hiddenLacks[box.checked ? "delete" : "add"](lacks);
        page.sheets.zones.redraw();
      } });
      box.checked = !page.hiddenLacks.has(lacks);
      return el("li", {}, box, el("label", { for: id }, lacksSwatch(page, lacks), page.lacks(lacks)), el("span", { class: "dz-count" }, page.number(tally.get(lacks))));
    }));
  }

  // What the colours of a predicted signal mean, strongest first; shown with the layer.
  function signalLegend(page, { id, on, signal: { about } }) {
    const { breaks, colors, evidence } = about;
    const share = page.quantity("percent", about.probability_pct, decimals(about.probability_pct));
    const rows = colors.map((color, place) => el("li", {},
      drawn(() => color),
      el("span", { class: "dz-range" }, level(page, breaks, place)),
      el("span", { class: "dz-count" }, place === 0 ? page.word("signal_weak") : place === 1 ? page.word("signal_usable") : ""),
    ));
    return el("div", { class: "dz-signal", "data-legend": id, hidden: !on },
      el("p", { class: "dz-hint dz-legend-head" },
        el("span", {}, page.word("signal_level", { share, unit: page.services.get(about.service).unit })),
        evidence ? el("span", { class: `dz-evidence dz-evidence-${evidence}` }, page.word(evidence)) : null),
      el("ul", { class: "dz-legend" }, rows.reverse()),
      el("p", { class: "dz-hint" }, page.word("signal_none")),
    );
  }

  function level(page, breaks, place) {
    const digits = Math.max(...breaks.map(decimals));
    const [low, high] = [breaks[place], breaks[place + 1]].map((value) => value === undefined ? null : page.number(value, digits));
    return high === null ? page.word("from", { n: low }) : page.word("between", { low, high });
  }

  function counts(page) {
    for (const node of document.querySelectorAll("[data-layer]")) {
      const layer = page.layers.find(({ id }) => id === node.dataset.layer);
      node.textContent = layer?.count?.() ?? "";
      node.closest(".dz-entry").classList.toggle("dz-unseen", Boolean(layer?.unseen?.()));
    }
  }

  // On a narrow screen the body of the panel opens on demand.
  function setUpMenu() {
    const show = (open) => {
      document.body.classList.toggle("dz-open", open);
      byId("dz-menu").setAttribute("aria-expanded", open);
    };
    for (const id of ["dz-menu", "dz-mini"])
      byId(id).addEventListener("click", () => show(!document.body.classList.contains("dz-open")));
  }
})(window.deadzones);
