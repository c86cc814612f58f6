// Where the data of the page comes from, what counts as served, and what to know before trusting it.
(function (deadzones) {
  "use strict";
  const { el, decimals } = deadzones;

  deadzones.sources = function (page) {
    const { settings } = page;
    const known = (key) => (settings.words[key] ? page.word(key) : key);
    const list = (sources) => sources.map((source) => {
      const twins = sources.filter((other) => other !== source && other.role === source.role);
      const same = (key) => twins.some((other) => other[key] === source[key]);
      // Of several layers of one role: what it is, and its own name only where nothing else tells it.
      const kind = twins.length && source.kind ? page.word(source.kind) : null;
      const name = twins.length && same("operator") && same("kind") ? source.name : null;
      return el("div", { class: "dz-source" },
        el("b", {}, page.services.has(source.role) ? page.service(source.role) : known(`role_${source.role}`).replace(/^role_/, "")),
        el("span", { class: `dz-evidence dz-evidence-${page.settings.words[source.evidence] ? source.evidence : "other"}` }, known(source.evidence)),
        el("p", {}, [name, kind, page.pick(source.owner), source.operator, source.licence, page.date(source.date)].filter(Boolean).join(" · ")),
      );
    });
    document.getElementById("dz-sources-list").replaceChildren(
      ...list(settings.sources),
      ...settings.services.filter((service) => service.threshold !== null).map((service) =>
        el("p", { class: "dz-hint" }, `${page.word("threshold")} – ${page.pick(service.name)}: ${deadzones.threshold(page, service)}`)),
      ...(settings.compare ? [el("h3", { class: "dz-heading" }, page.word("sources_before")), ...before(page, list)] : []),
    );
  };

  // Of the result before only what is not the same in the one after.
  function before(page, list) {
    const { sources, compare } = page.settings;
    const told = new Set(sources.map((source) => JSON.stringify(source)));
    const other = compare.sources.filter((source) => !told.has(JSON.stringify(source)));
    const rest = compare.sources.length - other.length;
    return [...list(other), rest ? el("p", { class: "dz-hint" }, page.word(other.length ? "sources_rest" : "sources_same")) : null].filter(Boolean);
  }

  // Met at or above a signal level, at or below a distance.
  deadzones.threshold = function (page, { threshold: limit, unit, better }) {
    if (limit === null) return page.word("none");
    return `${better === "higher" ? "≥" : "≤"} ${page.number(limit, decimals(limit))} ${unit}`;
  };

  // What a reader should know before trusting the page.
  deadzones.notes = function (page) {
    const { detail, synthetic, public: open } = page.settings;
    const metres = (degrees) => page.number(Math.round(degrees * 111_000));
    const key = detail.tolerance_deg ? "precision" : "precision_full";
    const found = [
      synthetic && page.word("synthetic_note"),
      open && page.word("public"),
      ...page.layers.map((layer) => leftOut(page, layer)),
      page.word(key, { m: metres(detail.tolerance_deg), r: metres(detail.precision_deg) }),
    ];
    document.getElementById("dz-notes").replaceChildren(
      ...found.filter(Boolean).map((text) => el("p", { class: "dz-hint" }, text)),
      el("p", { class: "dz-hint dz-on-screen" }, page.word("palettes")));
  };

  function leftOut(page, { name, about }) {
    if (!about || about.shown >= about.total) return null;
    const counts = page.word("shown_of", { shown: page.number(about.shown), n: page.number(about.total) });
    return `${name()}: ${counts}, ${page.word("largest")}.`;
  }
})(window.deadzones);
