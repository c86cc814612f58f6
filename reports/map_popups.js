// Popups of dead zones, upgrades, villages and the existing network.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;

  deadzones.fly = function (page, bounds, maxZoom) {
    const options = { ...deadzones.padding(page), maxZoom };
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (calm || !L.Browser.any3d) page.map.fitBounds(bounds, { ...options, animate: false });
    else page.map.flyToBounds(bounds, { ...options, duration: 0.7 });
  };

  // A popup moves the map to be seen whole, unless the map is on its way to the place already.
  function popup(page, latlng, title, rows, button, flying) {
    const { paddingTopLeft, paddingBottomRight } = deadzones.padding(page);
    const pan = { autoPan: !flying, autoPanPaddingTopLeft: paddingTopLeft, autoPanPaddingBottomRight: paddingBottomRight };
    const content = el("div", { class: "dz-popup", role: "dialog", "aria-label": title, tabindex: -1 },
      el("h3", {}, title),
      el("dl", { class: "dz-facts" }, rows.filter((row) => row && row[1] !== null).map(([key, text]) =>
        el("div", {}, el("dt", {}, key), el("dd", {}, text)))),
      button ?? null,
    );
    const opener = document.activeElement;
    const opened = L.popup({ maxWidth: 300, minWidth: 220, offset: [0, -5], ...pan }).setLatLng(latlng).setContent(content);
    opened.once("remove", () => content.contains(document.activeElement) && (opener?.isConnected ? opener : page.map.getContainer()).focus({ preventScroll: true }));
    document.body.classList.remove("dz-open"); // on a narrow screen the panel would hide it
    opened.openOn(page.map);
    content.focus({ preventScroll: true });
    const close = document.querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", page.word("close"));
  }

  function communeButton(page, code) {
    const row = page.communeRow.get(code);
    if (row === undefined) return null;
    const text = `${page.word("see_commune")}: ${page.communeName(row)}`;
    return el("button", { type: "button", class: "dz-link", onclick: () => deadzones.openCommune(page, row) }, text);
  }

  const some = (value, text) => (value === null || value === undefined ? null : text(value));

  deadzones.openZone = function (page, row, { fly: go, latlng } = {}) {
    const { columns, shapes } = page.zones;
    if (go && deadzones.hasShape(shapes, row)) deadzones.fly(page, deadzones.bounds(shapes, row), 13);
    const get = (key) => columns[key]?.[row] ?? null;
    const distances = Object.keys(columns).filter((key) => page.services.has(key.replace(/_km$/, "")) && key.endsWith("_km"));
    popup(page, latlng ?? deadzones.middle(shapes, row), `${page.word("dead_zone")} ${get("id")}`, [
      [page.word("lacks"), page.lacks(get("lacks"))],
      [page.word("people"), page.quantity("persons", get("people"))],
      [page.word("area_km2"), page.quantity("km2", get("area_km2"), 1)],
      [page.word("severity"), page.percent(some(get("severity"), (share) => share * 100))],
      [page.word("nearest_place"), some(get("place"), (place) => [place, some(get("place_km"), (km) => page.quantity("km", km, 1))].filter(Boolean).join(", "))],
      ...distances.map((key) => [page.word("distance_to", { name: page.service(key.slice(0, -3)) }), page.quantity("km", get(key), 1)]),
    ], communeButton(page, get("commune")), go);
  };

  deadzones.openUpgrade = function (page, row, { fly: go } = {}) {
    const { columns, shapes } = page.upgrades;
    if (!deadzones.hasShape(shapes, row)) return;
    if (go) deadzones.fly(page, deadzones.bounds(shapes, row), 12);
    const get = (key) => columns[key]?.[row] ?? null;
    popup(page, deadzones.middle(shapes, row), `${get("rank")}. ${page.word(get("kind"))}`, [
      [page.word("service"), get("service") ? page.service(get("service")) : null],
      [page.word("people_gained"), page.quantity("persons", get("people_gained"))],
      [page.word("cost"), page.money(get("cost_vnd"))],
      [page.word("people_per_billion_vnd"), some(get("people_per_billion_vnd"), (n) => page.number(n, n < 100 ? 1 : 0))],
      [page.word("cumulative"), some(get("cumulative_people"), (n) => `${page.quantity("persons", n)}, ${page.money(get("cumulative_cost_vnd"))}`)],
      ...ways(page, columns, get),
      [page.word("alone"), some(get("alone_vnd"), (vnd) => (vnd > get("cost_vnd") + 1e6 ? page.money(vnd) : null))],
      [page.word("depends_on"), waits(page, get("depends_on"))],
      [page.word("unlocks"), get("unlocks") ? waits(page, get("unlocks")) : null],
      [page.word("lost_without"), page.quantity("persons", get("lost_without"))],
      [page.word("for_zone"), zoneLink(page, get("zone"))],
    ], communeButton(page, get("commune")), go);
  };

  function ways(page, columns, get) {
    return Object.keys(columns).filter((key) => key.endsWith("_way") && get(key)).map((key) => {
      const km = some(get(`${key}_km`), (far) => (far > 0 ? page.quantity("km", far, 1) : null));
      return [page.word("connected_by"), [page.word(get(key)), km].filter(Boolean).join(", ")];
    });
  }

  function told(page, get) {
    const km = some(get("length_km"), (far) => page.quantity("km", far, 1));
    return [
      [page.word("upgrade"), some(get("upgrade"), (kind) => page.word(kind))],
      [page.word("connected_by"), some(get("way"), (way) => [page.word(way), km].filter(Boolean).join(", "))],
      [page.word("people_gained"), some(get("people_gained"), (people) => page.quantity("persons", people))],
      [page.word("cost"), some(get("cost_vnd"), (vnd) => page.money(vnd))],
    ];
  }

  function waits(page, ids) {
    if (!ids) return page.word("none");
    return ids.split(";").map((id) => {
      const row = page.upgradeRow.get(id);
      if (row === undefined) return id;
      const { columns } = page.upgrades;
      const text = `${columns.rank[row]}. ${page.word(columns.kind[row])}`;
      return el("button", { type: "button", class: "dz-link", onclick: () => deadzones.openUpgrade(page, row, { fly: true }) }, text);
    }).reduce((all, one, place) => (place ? [...all, ", ", one] : [one]), []);
  }

  function zoneLink(page, id) {
    if (!id) return null;
    const row = page.zoneRow.get(id);
    if (row === undefined) return id;
    return el("button", { type: "button", class: "dz-link", onclick: () => deadzones.openZone(page, row, { fly: true }) }, id);
  }

  deadzones.openVillage = function (page, row) {
    const { columns, shapes } = page.villages;
    popup(page, deadzones.middle(shapes, row), columns.name[row] || page.word("village"), [
      ["", page.word(page.settings.words[columns.kind[row]] ? columns.kind[row] : "settlement")],
      [page.word("lacks"), page.lacks(columns.lacks[row])],
    ], communeButton(page, columns.commune[row]));
  };

  deadzones.openAsset = function (page, layer, row, latlng) {
    const { columns } = layer;
    const title = deadzones.assetName(page, layer);
    popup(page, latlng, columns.name[row] || title, [
      [page.word("service"), page.service(layer.about.service)],
      ["", page.word(layer.about.kind)],
      [page.word("operator"), columns.operator[row] || null],
      ...told(page, (key) => columns[key]?.[row] ?? null),
    ]);
  };
})(window.deadzones);
