// The address of the page: what a link opens, and what stands in it while the page is used.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;

  deadzones.readLink = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  deadzones.signalsOf = (link) => (link.s ?? "").split(",");

  deadzones.link = function (page) {
    const { selected, measure, lang, settings } = page;
    const found = new URLSearchParams();
    if (selected?.kind === "commune") found.set("c", page.communes.columns.code[selected.row]);
    if (selected?.kind === "province") found.set("p", page.provinces.columns.code[selected.row]);
    if (page.zoomInLink) found.set("z", Number(page.map.getZoom().toFixed(2)));
    if (measure.key !== settings.measure) found.set("m", measure.key);
    if (lang !== settings.lang) found.set("l", lang);
    const signals = page.layers.filter((layer) => layer.signal && layer.on).map((layer) => layer.signal.about.service);
    if (signals.length) found.set("s", signals.join());
    if (settings.compare) found.set("v", page.view);
    return `#${found}`;
  };

  deadzones.writeLink = function (page) {
    // A page inside a notebook has no address of its own to change.
    if (location.protocol !== "about:") history.replaceState(null, "", deadzones.link(page));
  };

  // Open what a link names; with a zoom, in the middle of what no panel covers.
  function open(page, link) {
    const commune = page.communeRow.get(link.c);
    const province = page.provinceRow.get(link.p);
    const zoom = Number(link.z);
    const close = commune !== undefined && zoom && deadzones.hasShape(page.communes.shapes, commune);
    page.zoomInLink = Boolean(zoom) || page.zoomInLink;
    tellUnknown(page, link);
    if (commune !== undefined) deadzones.openCommune(page, commune, { fly: !close });
    else if (province !== undefined) deadzones.openProvince(page, province, { fly: true });
    else if (zoom && !link.c && !link.p) page.map.setZoom(zoom, { animate: false });
    if (!close) return;
    const middle = deadzones.middle(page.communes.shapes, commune);
    page.map.fitBounds([middle, middle], { ...deadzones.padding(page), maxZoom: zoom, animate: false });
  }

  deadzones.follow = function (page, link) {
    page.map.on("zoomend", () => page.zoomInLink && deadzones.writeLink(page));
    open(page, link);
    page.on("language", () => page.untold?.());
    window.addEventListener("hashchange", () => {
      const next = deadzones.readLink();
      if (next.l === "vi" || next.l === "en") page.setLanguage(next.l);
      if (next.m) page.setMeasure(page.measures.has(next.m) ? next.m : `${next.m}_people_pct`);
      for (const { id, signal, on } of page.layers)
        if (signal && deadzones.signalsOf(next).includes(signal.about.service) !== on) document.getElementById(`dz-layer-${id}`).click();
      if (page.settings.compare) deadzones.followCompare(page, next);
      open(page, next);
    });
  };

  // A link may name what this page does not have: another province's commune, or a code of before a merger.
  function tellUnknown(page, link) {
    const measure = (key) => page.measures.has(key) || page.measures.has(`${key}_people_pct`);
    const unknown = [
      link.c && !page.communeRow.has(link.c) && ["unknown_commune", link.c],
      link.p && !page.provinceRow.has(link.p) && ["unknown_province", link.p],
      link.m && !measure(link.m) && ["unknown_measure", link.m],
    ].filter(Boolean);
    document.getElementById("dz-toast")?.remove();
    page.untold = null;
    if (!unknown.length) return;
    const text = el("span", {});
    const close = el("button", { type: "button", class: "dz-close", onclick: () => { toast.remove(); page.untold = null; } }, "×");
    const toast = el("div", { id: "dz-toast", role: "status" }, text, close);
    page.untold = () => {
      text.textContent = unknown.map(([key, code]) => page.word(key, { code })).join(" ");
      close.setAttribute("aria-label", page.word("close"));
    };
    document.body.append(toast);
    page.untold();
  }
})(window.deadzones);
