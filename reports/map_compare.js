// Two results on one page: the switch between before, after and change, and who gained and lost.
(function (deadzones) {
  "use strict";
  const { el, hatch, inView } = deadzones;
  const LISTED = 10; // communes that gained or lost most
  const PRINTED = 3, PRINTED_PROVINCES = 8; // of these and of provinces on paper, as in map_page.css
  const FEW_PROVINCES = 6; // shown without asking
  const NEAR_ZOOM = 8.5; // below, outlines are thin
  const VIEWS = ["before", "after", "change"];
  const byId = (id) => document.getElementById(id);

  deadzones.setUpCompare = function (page, link) {
    page.view = VIEWS.includes(link.v) ? link.v : "change";
    page.zoneFates = fates(page.compared.change.zones);
    for (const box of radios()) box.addEventListener("change", () => page.setView(box.value));
    page.on("view", () => radios().forEach((box) => { box.checked = box.value === page.view; }));
    page.on("language", () => held(page));
    page.on("language", () => who(page));
    page.on("measure", () => who(page));
    page.listeners.view.push(() => page.sheets.zones.redraw());
  };

  // What is planned would hide what has changed: off at first.
  deadzones.quiet = function (page) {
    for (const layer of page.layers.filter(({ id, kind }) => id === "upgrades" || id === "villages" || kind === "planned")) {
      layer.on = false;
      layer.show(false);
    }
  };

  // Ids of the zones that are new, and of those that stood before as they do now.
  function fates(marks) {
    if (!marks) return null;
    const of = (flags) => new Set(marks.id.filter((id, row) => flags[row]));
    return { fresh: of(marks.new), same: of(marks.same) };
  }

  // ---- dead zones of both -------------------------------------------------------------------

  const INK = "#39424d";
  const FATES = {
    new: { fill: (pen, view) => hatch(pen, [{ direction: 0, color: "#8a4a16", width: 1.6 }], "#f0a95a", view), line: "#6b350c" },
    kept: { line: INK },
    gone: { fill: () => "#cdbdf0", line: "#6a45a6" },
    old: { line: "#6a45a6", dash: [4, 3] },
  };

  deadzones.paintZoneChanges = function (page, pen, view) {
    if (!page.zoneFates) return;
    const paths = Object.fromEntries(Object.keys(FATES).map((fate) => [fate, new Path2D()]));
    const add = (layer, fateOf) => {
      for (let row = 0; row < layer.rows; row++)
        if (inView(layer.shapes, row, view)) deadzones.zone(paths[fateOf(row)], layer.shapes, row, view);
    };
    add(page.zones, (row) => (page.zoneFates.fresh.has(page.zones.columns.id[row]) ? "new" : "kept"));
    add(page.oldZones, (row) => (page.oldZones.columns.gone[row] ? "gone" : "old"));
    for (const fate of ["kept", "old", "gone", "new"]) paintFate(pen, paths[fate], FATES[fate], view);
  };

  function paintFate(pen, path, { fill, line, dash }, view) {
    const near = view.zoom >= NEAR_ZOOM;
    if (fill) {
      pen.fillStyle = fill(pen, view);
      pen.fill(path, "evenodd");
    }
    pen.setLineDash([]);
    pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
    pen.lineWidth = near ? 3 : 2;
    pen.stroke(path);
    pen.setLineDash(dash ?? []);
    pen.strokeStyle = line;
    pen.lineWidth = near ? 1.5 : 0.9;
    pen.stroke(path);
    pen.setLineDash([]);
  }

  // In the list of layers: what the outlines mean, and how many there are.
  deadzones.zoneChangeKeys = function (page, drawn) {
    const { zones: found } = page.settings.compare;
    if (!found) return null;
    const kept = [found.after[0] - found.new[0]];
    const line = (fate, [count]) => el("li", {},
      drawn((pen, view) => FATES[fate].fill?.(pen, view) ?? "#ffffff", FATES[fate]),
      el("span", {}, page.word(`zones_${fate}`)),
      el("span", { class: "dz-count" }, count === undefined ? "" : page.number(count)));
    return el("ul", { class: "dz-lacks dz-fates" }, line("gone", found.gone), line("new", found.new), line("kept", kept), line("old", []));
  };

  deadzones.followCompare = (page, link) => {
    if (VIEWS.includes(link.v) && link.v !== page.view) page.setView(link.v);
  };

  const radios = () => document.getElementsByName("dz-view");

  // ---- changes in words ---------------------------------------------------------------------

  // A change with its sign and unit; what the legend calls no change is written so.
  deadzones.changed = function (page, scale, value) {
    if (value === null || value === undefined) return page.word("not_comparable");
    if (Math.abs(value) < scale.steps[0]) return page.word("change_unchanged");
    const n = (value > 0 ? "+" : "") + page.number(value, scale.unit === "people" ? 0 : 1);
    return page.word(`change_${scale.unit}`, { n }).replace(/ /g, "\u00a0");
  };

  // Is a change for the better (1), for the worse (-1), or none (0)?
  deadzones.direction = (scale, value) => (Math.abs(value ?? 0) < scale.steps[0] ? 0 : Math.sign(value) * scale.better);

  // "62 % → 80 %" and by how much; of a commune or a province.
  deadzones.moved = function (page, layer, row, key, write) {
    const of = layer === page.communes ? "communes" : "provinces";
    const scale = page.settings.compare.changes[key];
    const get = (view) => page.compared[view][of][key]?.[row] ?? null;
    const [before, change] = [get("before"), scale ? get("change") : null];
    const after = layer.columns[key]?.[row] ?? null;
    const still = before === null || (change !== null && deadzones.direction(scale, change) === 0);
    const text = still || write(before) === write(after) ? write(after) : page.word("change_to", { before: write(before), after: write(after) });
    return { before, change, after, text, badge: scale ? badge(page, scale, change) : null };
  };

  // A commune's value before and after, and the change between, in one line.
  deadzones.moves = function (page, row) {
    const { text, change } = deadzones.moved(page, page.communes, row, page.measure.key, (value) => page.value(page.measure, value));
    return `${text} (${deadzones.changed(page, page.scale, change)})`;
  };

  // On a bar, the part between before and after.
  deadzones.between = ({ before, after }) => el("span", {
    class: `dz-step dz-${after < before ? "worse" : "better"}`,
    style: { left: `${Math.min(before, after)}%`, width: `${Math.abs(after - before)}%` },
  });

  function badge(page, scale, value) {
    const kind = value === null ? "none" : ["worse", "none", "better"][deadzones.direction(scale, value) + 1];
    return el("span", { class: `dz-change dz-${kind}` }, deadzones.changed(page, scale, value));
  }

  // ---- what is held against what ------------------------------------------------------------

  function held(page) {
    const { compare, sources } = page.settings;
    const line = (view, title, told, from) => el("div", {},
      el("dt", {}, page.word(`view_${view}`)),
      el("dd", {}, el("b", {}, page.pick(title)), told.map((text) => el("small", {}, text)), el("small", {}, newest(page, from))));
    byId("dz-held").replaceChildren(
      line("before", compare.title, apart(page, "before"), compare.sources),
      line("after", compare.study, apart(page, "after"), sources));
    byId("dz-held-notes").replaceChildren(...caveats(page).map((text) => el("p", { class: "dz-hint" }, text)));
  }

  // What tells two results of one title apart; the date stands in any case.
  function apart(page, view) {
    const { names, title, study } = page.settings.compare;
    const write = {
      study: (text) => (page.pick(title) === page.pick(study) ? text : null),
      budget: (vnd) => page.word("with_budget", { budget: vnd === null ? page.word("no_limit") : page.money(vnd) }),
      newest: () => null,
    };
    return names[view].map(([key, value]) => write[key](value)).filter(Boolean);
  }

  function newest(page, sources) {
    const dates = sources.map((source) => source.date).filter(Boolean).sort();
    return dates.length ? page.word("dated", { date: page.date(dates.at(-1)) }) : page.word("undated");
  }

  const role = (page, key) => {
    if (page.services.has(key)) return page.service(key);
    return page.settings.words[`role_${key}`] ? page.word(`role_${key}`) : key;
  };

  function caveats(page) {
    const { matched, left_out: out, overall, thresholds, rules_differ: rules, names: told } = page.settings.compare;
    const names = out.map((label) => page.pick(label)).join(", ");
    return [
      told.alike && page.word("names_alike"),
      told.layers.length && page.word("layers_differ", { names: told.layers.map((key) => role(page, key)).join(", ") }),
      page.word("compared_units", { n: page.number(matched.both) }),
      matched.only_after && page.word("only_after", { n: page.number(matched.only_after) }),
      matched.only_before && page.word("only_before", { n: page.number(matched.only_before) }),
      !overall && page.word("no_overall"),
      names && page.word("left_out", { names }),
      ...thresholds.map(({ name, before, after }) => page.word("threshold_differs", {
        name: page.pick(name), before: deadzones.threshold(page, before), after: deadzones.threshold(page, after) })),
      rules && page.word("score_differs"),
    ].filter(Boolean);
  }

  // ---- who gained and who lost --------------------------------------------------------------

  function who(page) {
    const scale = page.settings.compare.changes[page.measure.key];
    byId("dz-who").replaceChildren(
      el("h2", { class: "dz-heading" }, page.word("who_changed")),
      totals(page),
      ...reading(page),
      most(page, scale, "most_gained", 1),
      most(page, scale, "most_lost", -1),
      ...provinces(page, scale),
      ...zones(page),
    );
  }

  function totals(page) {
    const { totals: found } = page.settings.compare;
    const rows = [...page.services.keys()].map((key) => `${key}_people_pct`).concat("all_people_pct").filter((key) => found[key]);
    const most = Math.max(1, ...rows.flatMap((key) => found[key]));
    return el("table", { class: "dz-totals" },
      el("thead", {}, el("tr", {},
        el("th", { scope: "col" }, page.word("who_service")),
        el("th", { scope: "col" }, page.word("who_lost")),
        el("td", {}),
        el("th", { scope: "col" }, page.word("who_gained")))),
      el("tbody", {}, rows.map((key) => {
        const [gained, lost] = found[key];
        return el("tr", {},
          el("th", { scope: "row" }, page.pick(page.measures.get(key).label)),
          el("td", {}, lost ? page.number(-lost) : "0"),
          el("td", { "aria-hidden": "true" }, scales(lost / most, gained / most)),
          el("td", {}, gained ? `+${page.number(gained)}` : "0"));
      })));
  }

  // Lost to the left, gained to the right of one axis.
  function scales(lost, gained) {
    return el("span", { class: "dz-balance" },
      el("i", { class: "dz-worse", style: { width: `${50 * lost}%`, right: "50%" } }),
      el("i", { class: "dz-better", style: { width: `${50 * gained}%`, left: "50%" } }));
  }

  function reading(page) {
    const [before, after] = page.settings.compare.people.map((people) => page.number(people));
    return [page.word("who_net"), before !== after && page.word("who_people", { before, after })]
      .filter(Boolean).map((text) => el("p", { class: "dz-hint" }, text));
  }

  // The communes that changed most for the better (1) or for the worse (-1), each to fly to.
  function most(page, scale, title, side) {
    const change = page.compared.change.communes[page.measure.key];
    const rows = [];
    change.forEach((value, row) => value !== null && deadzones.direction(scale, value) === side && rows.push(row));
    rows.sort((a, b) => Math.abs(change[b]) - Math.abs(change[a]) || a - b);
    return el("div", { class: "dz-most" },
      el("h3", {}, page.word(title)),
      rows.length ? el("ol", { class: "dz-list" }, rows.slice(0, LISTED).map((row) => el("li", {},
        el("button", { type: "button", onclick: () => visit(page, deadzones.openCommune, row) },
          el("span", {}, page.communeName(row), el("small", {}, page.provinceName(row))),
          badge(page, scale, change[row]))))) : el("p", { class: "dz-hint" }, page.word("no_commune")),
      rows.length > LISTED ? el("p", { class: "dz-hint dz-on-screen" }, page.word("and_more", { n: page.number(rows.length - LISTED) })) : null,
      rows.length > PRINTED ? el("p", { class: "dz-hint dz-on-paper" }, page.word("and_more", { n: page.number(rows.length - PRINTED) })) : null);
  }

  function visit(page, open, row) {
    document.body.classList.remove("dz-open");
    open(page, row, { fly: true });
  }

  // Points of score by province, or persons where the measure counts them.
  function provinces(page, scale) {
    const { provinces: found } = page.settings.compare;
    const { key } = page.measure;
    const { columns } = page.provinces;
    const change = page.compared.change.provinces[key] ?? [];
    const points = page.measure.unit === "points";
    const net = (row) => (points ? change[row] : found[columns.code[row]]?.[key] && found[columns.code[row]][key][0] - found[columns.code[row]][key][1]);
    const rows = columns.code.map((code, row) => row).filter((row) => net(row) !== null && net(row) !== undefined);
    if (!rows.length) return [];
    rows.sort((a, b) => net(b) - net(a) || a - b);
    const told = (row) => (points ? badge(page, scale, change[row]) : persons(page, found[columns.code[row]][key]));
    return [el("details", { class: "dz-by-province", open: rows.length <= FEW_PROVINCES },
      el("summary", {}, page.word("by_province")),
      el("p", { class: "dz-hint" }, page.word(points ? "province_score" : "province_persons")),
      el("ul", { class: "dz-list" }, rows.map((row) => el("li", {},
        el("button", { type: "button", onclick: () => visit(page, deadzones.openProvince, row) },
          el("span", {}, columns.name[row] ?? columns.code[row]), told(row))))),
      rows.length > PRINTED_PROVINCES ? el("p", { class: "dz-hint dz-on-paper" }, page.word("and_more", { n: page.number(rows.length - PRINTED_PROVINCES) })) : null)];
  }

  function persons(page, [gained, lost]) {
    return el("span", { class: "dz-pair" },
      gained ? el("span", { class: "dz-change dz-better" }, `+${page.number(gained)}`) : null,
      lost ? el("span", { class: "dz-change dz-worse" }, page.number(-lost)) : null,
      gained || lost ? null : el("span", { class: "dz-change dz-none" }, page.word("change_unchanged")));
  }

  function zones(page) {
    const { zones: found, totals: { dead_people: moved } } = page.settings.compare;
    if (!found) return [];
    const people = (name, count) => el("div", {}, el("dt", {}, page.word(name)), el("dd", {}, page.quantity("persons", count)));
    const line = (name, [count, people]) => el("div", {}, el("dt", {}, page.word(name)),
      el("dd", {}, page.word("zones_people", { n: page.number(count), people: page.number(people) })));
    return [
      el("h3", {}, page.word("zones_both")),
      el("dl", { class: "dz-facts" }, line("view_before", found.before), line("view_after", found.after),
        line("zones_gone", found.gone), line("zones_new", found.new),
        ...(moved ? [people("who_out", moved[0]), people("who_into", moved[1])] : [])),
    ];
  }
})(window.deadzones);
