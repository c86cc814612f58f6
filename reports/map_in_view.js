// What is drawn as a picture, told as a list: the dead zones and villages in view, for the keyboard and
// for readers that see no picture.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;
  const LISTED = 10; // at first, and as many again each time that more are asked for

  deadzones.setUpInView = function (page) {
    const box = document.getElementById("dz-in-view");
    const parts = [
      { key: "zones_in_view", layer: page.zones, none: "no_zone_in_view", rows: zonesInView, line: zoneLine },
      { key: "villages_in_view", layer: page.villages, none: "no_village_in_view", rows: villagesInView, line: villageLine },
    ].filter(({ layer }) => layer.rows);
    const limits = new Map(parts.map(({ key }) => [key, LISTED]));
    const draw = () => box.open && box.lastElementChild.replaceChildren(...parts.map((part) => list(page, part, limits, draw)));
    box.hidden = !parts.length;
    box.addEventListener("toggle", draw);
    page.map.on("moveend", () => {
      limits.forEach((_, key) => limits.set(key, LISTED));
      draw();
    });
    page.on("language", draw);
  };

  function list(page, { key, layer, none, rows, line }, limits, draw) {
    const found = rows(page, layer);
    const shown = found.slice(0, limits.get(key));
    const more = el("button", { type: "button", class: "dz-link", onclick: () => {
      const first = limits.get(key);
      limits.set(key, first + LISTED);
      draw();
      document.querySelectorAll(`#dz-${key} li button`)[first]?.focus();
    } }, page.word("show_more", { n: page.number(Math.min(LISTED, found.length - shown.length)) }));
    const id = `dz-${key}`;
    return el("div", { id },
      el("h3", { id: `${id}-name` }, `${page.word(key)} (${page.number(found.length)})`),
      found.length ? el("ul", { class: "dz-list", "aria-labelledby": `${id}-name` }, shown.map((row) => el("li", {}, line(page, row))))
        : el("p", { class: "dz-hint" }, page.word(none)),
      found.length > shown.length ? more : null);
  }

  // In view is what meets the part of the map that no panel covers.
  function inView(page, { shapes, rows }) {
    const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = deadzones.padding(page);
    const size = page.map.getSize();
    const world = (x, y) => L.CRS.EPSG3857.latLngToPoint(page.map.containerPointToLatLng([x, y]), 0);
    const [start, end] = [world(left, top), world(size.x - right, size.y - bottom)];
    const { box } = shapes;
    const meets = (row) => box[row * 4] <= end.x && box[row * 4 + 2] >= start.x && box[row * 4 + 1] <= end.y && box[row * 4 + 3] >= start.y;
    return Array.from({ length: rows }, (_, row) => row).filter((row) => deadzones.hasShape(shapes, row) && meets(row));
  }

  function zonesInView(page, layer) {
    const { people } = layer.columns;
    return inView(page, layer).sort((a, b) => (people[b] ?? 0) - (people[a] ?? 0) || a - b);
  }
  function villagesInView(page, layer) {
    const { lacks } = layer.columns;
    const count = (row) => (lacks[row] ?? "").split("+").length;
    return inView(page, layer).sort((a, b) => count(b) - count(a) || a - b);
  }

  const where = (page, code) => (page.communeRow.has(code) ? page.communeName(page.communeRow.get(code)) : code);
  function zoneLine(page, row) {
    const { columns } = page.zones;
    return el("button", { type: "button", onclick: () => deadzones.openZone(page, row) },
      el("span", {}, page.lacks(columns.lacks[row]), el("small", {}, where(page, columns.commune[row]))),
      el("b", {}, page.quantity("persons", columns.people[row])));
  }
  function villageLine(page, row) {
    const { columns } = page.villages;
    return el("button", { type: "button", onclick: () => deadzones.openVillage(page, row) },
      el("span", {}, columns.name[row] || page.word("village"), el("small", {}, where(page, columns.commune[row]))),
      el("span", {}, page.lacks(columns.lacks[row])));
  }
})(window.deadzones);
