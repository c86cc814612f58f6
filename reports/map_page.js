// The words, numbers and small tools that the whole page uses.
// Text from data becomes text nodes only, never HTML.
(function (deadzones) {
  "use strict";

  // Make an element. Attributes that are null or false are left out, true ones stand empty.
  deadzones.el = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "style") Object.assign(node.style, value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return node;
  };

  deadzones.Page = class {
    constructor(map, settings, layers) {
      this.map = map;
      this.settings = settings;
      this.lang = settings.lang;
      this.measures = new Map(settings.measures.map((measure) => [measure.key, measure]));
      this.measure = this.measures.get(settings.measure);
      this.services = new Map(
        settings.services.map((service) => [service.key, service]),
      );
      this.assets = layers.filter((layer) => layer.role === "assets");
      this.signals = layers.filter((layer) => layer.role === "signal");
      this.relief = layers.find((layer) => layer.role === "relief");
      for (const role of ["communes", "provinces", "zones", "upgrades", "villages"])
        this[role] = layers.find((layer) => layer.role === role);
      this.communeRow = rowsBy(this.communes.columns.code);
      this.provinceRow = rowsBy(this.provinces.columns.code);
      this.zoneRow = rowsBy(this.zones.columns.id);
      this.upgradeRow = rowsBy(this.upgrades.columns.id);
      this.hiddenLacks = new Set();
      this.view = "after"; // of a comparison also "before" and "change"
      this.compared = { before: {}, change: {} };
      for (const { about, columns } of layers.filter((layer) => layer.role === "compared"))
        this.compared[about.view][about.of] = columns;
      this.oldZones = layers.find((layer) => layer.role === "old_zones");
      this.lacksColors = new Map(Object.entries(settings.lacks_colors)
        .map(([lacks, color]) => [lacks.split("+").sort().join("+"), color]));
      this.listeners = { language: [], measure: [], layers: [], view: [], card: [] };
    }

    on(event, listener) {
      this.listeners[event].push(listener);
      listener();
    }
    tell(event) {
      for (const listener of this.listeners[event]) listener();
    }

    word(key, slots) {
      const text = this.pick(this.settings.words[key] || [key.replace(/_/g, " "), key.replace(/_/g, " ")]);
      return slots ? text.replace(/\{(\w+)\}/g, (whole, name) => slots[name] ?? whole) : text;
    }
    pick(pair) {
      return pair[this.lang === "vi" ? 0 : 1];
    }
    service(key) {
      const found = this.services.get(key);
      return found ? this.pick(found.name) : key;
    }
    // "mobile+power" in words; null is unknown, "" is nothing.
    lacks(text) {
      if (text === null) return this.word("no_data");
      return text === "" ? this.word("lacks_nothing") : text.split("+").map((key) => this.service(key)).join(" + ");
    }

    number(value, digits = 0) {
      const [whole, part] = Math.abs(value).toFixed(digits).split(".");
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, this.word("thousands"));
      const sign = value < 0 ? "−" : "";
      return sign + grouped + (part ? this.word("decimal") + part : "");
    }
    // A value with its unit; unknown in words, never as zero.
    quantity(unit, value, digits = 0) {
      if (value === null || value === undefined) return this.word("no_data");
      return this.word(unit, { n: this.number(value, digits) }).replace(/ /g, "\u00a0");
    }
    percent(value) {
      if (value === null || value === undefined) return this.word("no_data");
      if (value < 100 && value > 99.95) return ">\u00a0" + this.quantity("percent", 99.9, 1);
      if (value > 0 && value < 0.05) return "<\u00a0" + this.quantity("percent", 0.1, 1);
      return this.quantity("percent", value, value === 100 || value === 0 ? 0 : 1);
    }
    value(measure, value) {
      if (value === null || value === undefined) return this.word("no_data");
      if (measure.unit === "pct") return this.percent(value);
      return measure.unit === "people" ? this.quantity("persons", value) : this.number(value, 1);
    }
    money(vnd) {
      if (vnd === null || vnd === undefined) return this.word("no_data");
      const [unit, size] = vnd >= 1e12 ? ["trillion_vnd", 1e12] : vnd >= 1e9 ? ["billion_vnd", 1e9] : ["million_vnd", 1e6];
      const amount = vnd / size;
      return this.quantity(unit, amount, amount < 100 && amount % 1 ? 1 : 0);
    }
    date(iso) {
      const found = /^(\d{4})-(\d\d)-(\d\d)/.exec(iso);
      if (!found) return iso || this.word("no_data");
      const [, year, month, day] = found;
      if (this.lang === "vi") return `${day}/${month}/${year}`;
      const names = "January February March April May June July August September October November December";
      return `${Number(day)} ${names.split(" ")[month - 1]} ${year}`;
    }

    // What colours the communes: their values, and the classes these fall into.
    get shown() {
      const columns = this.view === "after" ? this.communes.columns : this.compared[this.view].communes;
      return columns[this.measure.key];
    }
    get scale() {
      return this.view === "change" ? this.settings.compare.changes[this.measure.key] : this.measure;
    }
    classOf(scale, value) {
      if (value === null || value === undefined) return -1;
      const reached = (limits, size) => limits.filter((limit) => size >= limit).length;
      if (!scale.steps) return reached(scale.breaks, value);
      return scale.steps.length + Math.sign(value) * reached(scale.steps, Math.abs(value));
    }
    communeName(row) {
      return this.communes.columns.name[row] ?? this.communes.columns.code[row];
    }
    provinceName(row) {
      return this.provinces.columns.name[this.communes.columns.province[row]] ?? "";
    }
    setLanguage(lang) {
      this.lang = lang;
      this.tell("language");
    }
    setMeasure(key) {
      this.measure = this.measures.get(key) || this.measure;
      this.tell("measure");
    }
    setView(view) {
      this.view = view;
      this.tell("view");
      this.tell("measure");
    }
  };

  function rowsBy(keys) {
    return new Map(keys.map((key, row) => [key, row]));
  }

  // The first point of a row of points.
  deadzones.point = function (shapes, row) {
    const first = shapes.partStart[shapes.rowStart[row]];
    return [shapes.x[first], shapes.y[first]];
  };

  deadzones.decimals = (value) => String(value).split(".")[1]?.length ?? 0;

  // Fold a text for finding: no accents, no case, đ as d, marks as spaces.
  deadzones.fold = (text) =>
    text
      .normalize("NFD")
      .replace(/[\u0300-\u036f]/g, "")
      .replace(/[đĐ]/g, "d")
      .toLowerCase()
      .replace(/['’`ʼ]/g, "")
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
})(window.deadzones);
