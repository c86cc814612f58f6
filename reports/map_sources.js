// Where the data of the page comes from, and what counts as served.
(function (deadzones) {
  "use strict";
  const { el, decimals } = deadzones;

  deadzones.sources = function (page) {
    const { settings } = page;
    const known = (key) => (settings.words[key] ? page.word(key) : key);
    const list = (sources) => sources.map((source) => {
      const several = (role) => sources.filter((other) => other.role === role).length > 1;
      return el("div", { class: "dz-source" },
        el("b", {}, page.services.has(source.role) ? page.service(source.role) : known(`role_${source.role}`).replace(/^role_/, "")),
        el("span", { class: `dz-evidence dz-evidence-${page.settings.words[source.evidence] ? source.evidence : "other"}` }, known(source.evidence)),
        el("p", {}, [several(source.role) && source.name, source.owner, source.operator, page.date(source.date)].filter(Boolean).join(" · ")),
      );
    });
    document.getElementById("dz-sources-list").replaceChildren(
      ...list(settings.sources),
      ...settings.services.filter((service) => service.threshold !== null).map((service) =>
        el("p", { class: "dz-hint" }, `${page.word("threshold")} – ${page.pick(service.name)}: ${deadzones.threshold(page, service)}`)),
      ...(settings.compare ? [el("h3", { class: "dz-heading" }, page.word("sources_before")), ...list(settings.compare.sources)] : []),
    );
  };

  // Met at or above a signal level, at or below a distance.
  deadzones.threshold = function (page, { threshold: limit, unit, better }) {
    if (limit === null) return page.word("none");
    return `${better === "higher" ? "≥" : "≤"} ${page.number(limit, decimals(limit))} ${unit}`;
  };
})(window.deadzones);
