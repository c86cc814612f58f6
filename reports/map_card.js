// The card of a commune or a province: its numbers, its dead zones, what would help it.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;
  const NEAR_DEG = 0.3; // some 30 km: farther upgrades are not of the commune
  const LISTED = 5; // dead zones and upgrades named on a card

  deadzones.openCommune = function (page, row, options = {}) {
    const { shapes } = page.communes;
    select(page, { kind: "commune", row }, () => communeCard(page, row));
    if (deadzones.hasShape(shapes, row)) {
      page.highlight.setLatLngs(deadzones.latLngs(shapes, row));
      if (options.fly) deadzones.fly(page, deadzones.bounds(shapes, row), 13);
    } else page.highlight.setLatLngs([]);
  };

  deadzones.openProvince = function (page, row, options = {}) {
    const { shapes } = page.provinces;
    select(page, { kind: "province", row }, () => provinceCard(page, row));
    page.highlight.setLatLngs(deadzones.latLngs(shapes, row));
    if (options.fly) deadzones.fly(page, mainBounds(page.provinces, row), 11);
  };

  // The largest piece: the mainland of a province that also holds far islands.
  function mainBounds({ shapes }, row) {
    const pieces = deadzones.latLngs(shapes, row).map((part) => L.latLngBounds(part));
    const size = (box) => (box.getEast() - box.getWest()) * (box.getNorth() - box.getSouth());
    return pieces.reduce((best, box) => (size(box) > size(best) ? box : best));
  }

  function select(page, selected, build) {
    page.selected = selected;
    page.buildCard = build;
    page.map.closePopup();
    drawCard(page);
    const card = document.getElementById("dz-card");
    card.scrollTop = 0;
    card.focus({ preventScroll: true });
    deadzones.writeLink(page);
  }

  function drawCard(page) {
    const card = document.getElementById("dz-card");
    card.replaceChildren(...page.buildCard());
    card.setAttribute("aria-label", card.querySelector("h2").textContent);
    card.hidden = false;
    document.body.classList.add("dz-with-card");
    page.tell("card");
  }

  deadzones.closeCard = function (page) {
    if (!page.selected) return;
    page.selected = page.buildCard = null;
    page.highlight.setLatLngs([]);
    document.getElementById("dz-card").hidden = true;
    document.body.classList.remove("dz-with-card");
    page.tell("card");
    deadzones.writeLink(page);
  };

  deadzones.setUpCard = function (page) {
    page.on("language", () => page.buildCard && drawCard(page));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.target.id === "dz-find") return;
      if (event.target.closest?.(".leaflet-popup")) page.map.closePopup();
      else deadzones.closeCard(page);
    });
  };

  function communeCard(page, row) {
    const { columns, shapes } = page.communes;
    const code = columns.code[row];
    const province = columns.province[row];
    const where = [
      province >= 0 && el("button", { type: "button", class: "dz-link", onclick: () => deadzones.openProvince(page, province, { fly: true }) }, page.provinceName(row)),
      el("span", {}, page.word("code", { n: code })),
    ];
    return [
      head(page, page.communeName(row), where.filter(Boolean)),
      facts(page, page.communes, row, rank(page, row)),
      columns.old?.[row] ? el("p", { class: "dz-hint" }, page.word("merged_from", { names: columns.old[row] })) : null,
      deadzones.hasShape(shapes, row) ? null : el("p", { class: "dz-hint" }, page.word("no_shape")),
      bars(page, page.communes, row),
      operators(page, row),
      list(page, "zones_here", page.zones, code, (zone) => zoneLine(page, zone, code)),
      list(page, "upgrades_here", page.upgrades, code, (upgrade) => upgradeLine(page, upgrade)),
      foot(page),
    ].filter(Boolean);
  }

  function provinceCard(page, row) {
    const { columns } = page.provinces;
    const count = page.communes.columns.province.filter((province) => province === row).length;
    const where = [
      el("span", {}, page.word("units", { n: page.number(count) })),
      el("span", {}, page.word("code", { n: columns.code[row] })),
    ];
    return [
      head(page, columns.name[row], where),
      facts(page, page.provinces, row, null),
      bars(page, page.provinces, row),
      foot(page),
    ];
  }

  function head(page, name, where) {
    return el("div", { class: "dz-card-head" },
      el("div", {}, el("h2", {}, name), el("p", { class: "dz-where" }, where)),
      el("button", { type: "button", class: "dz-close", "aria-label": page.word("close"), onclick: () => deadzones.closeCard(page) }, "×"),
    );
  }

  function rank(page, row) {
    const { columns } = page.communes;
    if (columns.rank[row] === null) return page.word("no_data");
    const total = page.number(page.settings.ranked);
    const text = page.word("rank_of", { rank: page.number(columns.rank[row]), n: total });
    return columns.tied[row] ? `${text} (${page.word("tied")})` : text;
  }

  function facts(page, layer, row, rankText) {
    const get = (key) => layer.columns[key]?.[row] ?? null;
    const told = (key, digits) => {
      const write = (value) => (value === null ? page.word("no_data") : page.number(value, digits));
      if (!page.settings.compare) return write(get(key));
      const { text, badge } = deadzones.moved(page, layer, row, key, write);
      return [text, badge];
    };
    const rows = [
      rankText && ["rank", rankText],
      ["score_short", told("score", 1)],
      ["people", told("people", 0)],
      ["dead_people", told("dead_people", 0)],
      ["area_km2", page.quantity("km2", get("area_km2"), 1)],
    ];
    return el("dl", { class: "dz-facts" }, rows.filter(Boolean).map(([key, text]) => pair(page, key, text)));
  }

  const pair = (page, key, text) => el("div", {}, el("dt", {}, page.word(key)), el("dd", {}, text));

  function bars(page, layer, row) {
    const found = [...page.services.values()].map((service) => {
      const column = layer.columns[`${service.key}_people_pct`];
      if (!column) return null;
      const area = layer.columns[`${service.key}_area_pct`]?.[row];
      const note = area === undefined ? null : `${page.word("area_served")}: ${page.percent(area)}`;
      const told = bar(page, layer, row, `${service.key}_people_pct`, page.pick(service.name), note);
      told.append(...evidence(page, service.key));
      return told;
    });
    const all = layer.columns.all_people_pct;
    if (all) found.push(bar(page, layer, row, "all_people_pct", page.word("all_services")));
    return el("section", {}, el("h3", {}, page.word("served")), found);
  }

  // Whose data a share rests on, of when, and what it is worth as evidence.
  function evidence(page, service) {
    const of = page.settings.sources.filter(({ role }) => role === service);
    const each = of.map(({ owner, date, evidence: worth }) =>
      [[page.pick(owner), page.date(date)].filter(Boolean).join(" "), page.settings.words[worth] ? page.word(worth) : worth].filter(Boolean).join(", "));
    return [...new Set(each)].map((text) => el("p", { class: "dz-evidence-line" }, text));
  }

  // A bar with a mark where the whole area stands; hatched where nothing is known.
  function bar(page, layer, row, key, name, note) {
    const value = layer.columns[key][row];
    const whole = page.settings.national[key];
    const moved = page.measures.has(key) && page.settings.compare ? deadzones.moved(page, layer, row, key, (share) => page.percent(share)) : null;
    const known = value !== null && value !== undefined;
    const mark = page.settings.nation ? "national" : "overall_mark";
    return el("div", { class: "dz-bar" },
      el("div", { class: "dz-bar-line" }, el("span", {}, name), moved?.badge ?? null, el("b", {}, moved?.text ?? page.percent(value))),
      el("div", { class: known ? "dz-track" : "dz-track dz-unknown" },
        known ? el("span", { class: "dz-fill", style: { width: `${value}%` } }) : null,
        moved && known && moved.before !== null ? deadzones.between(moved) : null,
        whole === undefined ? null : el("span", { class: "dz-mark", style: { left: `${whole}%` } }),
      ),
      el("div", { class: "dz-bar-note" },
        el("span", {}, note ?? ""),
        el("span", {}, whole === undefined ? "" : page.word(mark, { n: page.percent(whole) })),
      ),
    );
  }

  function operators(page, row) {
    const found = [...page.measures.values()].filter((measure) => measure.group[1] === page.settings.words.by_operator[1]);
    if (!found.length) return null;
    return el("details", {},
      el("summary", {}, page.word("operators")),
      el("dl", { class: "dz-facts" }, found.map((measure) =>
        el("div", {}, el("dt", {}, page.pick(measure.label)), el("dd", {}, page.percent(page.communes.columns[measure.key][row]))),
      )),
    );
  }

  function list(page, title, layer, code, line) {
    const rows = [];
    const here = layer === page.zones ? zonesOf(page).get(code) : null; // zone and its people of this commune
    if (here) rows.push(...here.keys());
    else layer.columns.commune.forEach((commune, row) => commune === code && rows.push(row));
    if (layer === page.zones) rows.sort((a, b) => zonePeople(page, b, code) - zonePeople(page, a, code));
    else if (!rows.length) rows.push(...upgradesNear(page, code));
    if (!rows.length) return el("section", {}, el("h3", {}, page.word(title)), el("p", { class: "dz-hint" }, page.word("none")));
    const more = rows.length - LISTED;
    return el("section", {},
      el("h3", {}, `${page.word(title)} (${page.number(rows.length)})${page.settings.compare ? ` · ${page.word("view_after")}` : ""}`),
      el("ul", { class: "dz-list", "aria-label": page.word(title) }, rows.slice(0, LISTED).map((row) => el("li", {}, line(row)))),
      more > 0 ? el("p", { class: "dz-hint" }, page.word("and_more", { n: page.number(more) })) : null,
    );
  }

  // Of each commune: the zones in which people of it live, and how many.
  function zonesOf(page) {
    if (page.zonesOf) return page.zonesOf;
    const found = (page.zonesOf = new Map());
    (page.zones.columns.of ?? []).forEach((text, row) => (text ?? "").split(";").filter(Boolean).forEach((one) => {
      const [code, people] = one.split(":");
      if (!found.has(code)) found.set(code, new Map());
      found.get(code).set(row, Number(people));
    }));
    return found;
  }
  const zonePeople = (page, row, code) => zonesOf(page).get(code)?.get(row) ?? page.zones.columns.people[row] ?? 0;

  // Upgrades that stand elsewhere, for the zones in which people of the commune live.
  function upgradesNear(page, code) {
    const zones = new Set([...(zonesOf(page).get(code)?.keys() ?? [])].map((row) => page.zones.columns.id[row]));
    const [x, y] = [page.communes.columns.lon[page.communeRow.get(code)], page.communes.columns.lat[page.communeRow.get(code)]];
    const { columns, shapes } = page.upgrades;
    const away = (row) => { const at = deadzones.middle(shapes, row); return Math.hypot(at[0] - y, at[1] - x); };
    return columns.id.map((_, row) => row).filter((row) => zones.has(columns.zone?.[row]) && away(row) < NEAR_DEG)
      .sort((a, b) => away(a) - away(b));
  }

  function zoneLine(page, row, code) {
    const { columns } = page.zones;
    return el("button", { type: "button", onclick: () => deadzones.openZone(page, row, { fly: true }) },
      el("span", {}, page.lacks(columns.lacks[row])), el("b", {}, page.quantity("persons", zonePeople(page, row, code))));
  }

  function upgradeLine(page, row) {
    const { columns } = page.upgrades;
    return el("button", { type: "button", onclick: () => deadzones.openUpgrade(page, row, { fly: true }) },
      el("span", {}, `${columns.rank[row]}. ${page.word(columns.kind[row])}`), el("b", {}, page.money(columns.cost_vnd[row])));
  }

  function foot(page) {
    const { evidence } = page.settings;
    return el("p", { class: "dz-card-foot" },
      el("span", {}, evidence ? `${page.word("evidence_weakest")}: ${page.word(evidence)}` : ""),
      el("a", { href: deadzones.link(page) }, page.word("link_here")),
    );
  }
})(window.deadzones);
