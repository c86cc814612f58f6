// Names and numbered badges. Nothing is written over anything else: each takes a free box, in the
// order of its weight, or waits for a larger zoom.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;
  const CELL = 64; // pixels of the table of taken boxes
  const BADGE = 38; // pixels that a badge keeps to itself; seven more for each digit beyond two
  const BADGES_BY_ZOOM = [[6.5, 20], [7.5, 60], [9, 150], [10.5, 400]]; // only the first so many below a zoom
  const COMMUNE_NAMES_FROM = 9.5;
  const VILLAGE_NAMES_FROM = 12;
  const FONTS = { province: "600 11.5px", commune: "11px", village: "italic 11px" };
  const FAMILY = ' system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
  const TRIES = [[0, 0], [0, -14], [0, 14]]; // no further: a name must not stand in the neighbour
  const BESIDE = [...TRIES, [0, -21], [0, 21]]; // above or below a badge that stands where the name would
  // A province is large: its name makes way for badges as far as it stays in it. Nearest first.
  const ASIDE = [-60, -40, -20, 0, 20, 40, 60].flatMap((dx) => [-42, -28, -14, 0, 14, 28, 42].map((dy) => [dx, dy]))
    .sort((a, b) => Math.hypot(a[0] / 1.5, a[1]) - Math.hypot(b[0] / 1.5, b[1]));
  const ISLES = { width: 150, height: 34 }; // pixels that the name of an archipelago takes below its anchor

  // Boxes that are taken, found again by the cells they touch.
  class Taken {
    constructor() {
      this.cells = new Map();
    }
    take(x, y, width, height) {
      if (!this.free(x, y, width, height)) return false;
      const box = boxOf(x, y, width, height);
      for (const key of keysOf(box)) this.cells.set(key, [...(this.cells.get(key) ?? []), box]);
      return true;
    }
    free(x, y, width, height) {
      const box = boxOf(x, y, width, height);
      return keysOf(box).every((key) => (this.cells.get(key) ?? []).every((other) => apart(box, other)));
    }
  }
  const boxOf = (x, y, width, height) => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  function keysOf(box) {
    const keys = [];
    for (let i = Math.floor(box[0] / CELL); i <= Math.floor(box[2] / CELL); i++)
      for (let j = Math.floor(box[1] / CELL); j <= Math.floor(box[3] / CELL); j++) keys.push(`${i},${j}`);
    return keys;
  }
  const apart = (a, b) => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1];

  const pen = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  function textWidth(font, text) {
    const key = font + text;
    if (!widths.has(key)) {
      pen.font = FONTS[font] + FAMILY;
      widths.set(key, pen.measureText(text).width);
    }
    return widths.get(key);
  }

  // Where everything stands at a zoom; the same while the map is only moved. Names of communes and
  // villages are placed in a region around the view only.
  function arrange(page, zoom, shown, region) {
    const scale = 2 ** zoom;
    const taken = new Taken();
    for (const { below: [lon, lat] } of page.settings.archipelagos)
      taken.take(deadzones.worldX(lon) * scale, deadzones.worldY(lat) * scale + ISLES.height / 2, ISLES.width, ISLES.height);
    const names = [];
    const badges = shown.upgrades ? placeBadges(page, zoom, scale, taken) : [];
    if (shown.borders) placeProvinces(page, zoom, scale, taken, names);
    if (shown.borders) placeNames(page, zoom, scale, taken, region, names);
    return { badges, names, region };
  }

  // A badge stands at its place, or waits for a larger zoom; among each other the first counts.
  function placeBadges(page, zoom, scale, taken) {
    const alone = new Taken();
    const most = BADGES_BY_ZOOM.find(([below]) => zoom < below)?.[1] ?? Infinity;
    const { columns, shapes, rows } = page.upgrades;
    const found = [];
    for (let row = 0; row < Math.min(rows, most); row++) {
      if (!deadzones.hasShape(shapes, row)) continue;
      const [x, y] = deadzones.point(shapes, row).map((at) => at * scale);
      const width = BADGE + 7 * Math.max(0, String(columns.rank[row]).length - 2);
      if (!taken.free(x, y, width - 14, BADGE - 14) || !alone.take(x, y, width, BADGE)) continue;
      taken.take(x, y, width - 14, BADGE - 14);
      found.push({ row, x, y });
    }
    return found;
  }

  function put(found, taken, scale, font, text, lon, lat, tries, allowed) {
    if (lon === null || !text) return;
    const x = deadzones.worldX(lon) * scale, y = deadzones.worldY(lat) * scale;
    const width = textWidth(font, text) + 8;
    const spot = tries.find(([dx, dy], at) => taken.free(x + dx, y + dy, width, 16) && (!allowed || allowed(dx, dy, at)) && taken.take(x + dx, y + dy, width, 16));
    if (spot) found.push({ font, text, x: x + spot[0], y: y + spot[1] });
  }

  // Those with most people first: their capitals are what a reader looks for.
  function placeProvinces(page, zoom, scale, taken, found) {
    const { name, lon, lat } = page.provinces.columns;
    if (zoom >= COMMUNE_NAMES_FROM + 1.5) return;
    const { shapes } = page.provinces;
    for (const row of byPeople(page.provinces)) {
      const stays = (dx, dy, at) => at < BESIDE.length
        || deadzones.isIn(shapes, row, deadzones.worldX(lon[row]) + dx / scale, deadzones.worldY(lat[row]) + dy / scale);
      put(found, taken, scale, "province", name[row], lon[row], lat[row], [...BESIDE, ...ASIDE], stays);
    }
  }

  function placeNames(page, zoom, scale, taken, region, found) {
    if (zoom >= COMMUNE_NAMES_FROM) {
      const { columns, shapes } = page.communes;
      for (const row of byWeight(page.communes)) {
        if (columns.lat[row] === null || !region.contains([columns.lat[row], columns.lon[row]])) continue;
        const room = (shapes.box[row * 4 + 2] - shapes.box[row * 4]) * scale;
        if (room > textWidth("commune", page.communeName(row)))
          put(found, taken, scale, "commune", page.communeName(row), columns.lon[row], columns.lat[row], TRIES);
      }
    }
    if (zoom >= VILLAGE_NAMES_FROM) {
      const { columns, shapes, rows } = page.villages;
      for (let row = 0; row < rows; row++) {
        if (!deadzones.hasShape(shapes, row)) continue;
        const { lat, lng } = deadzones.middle(shapes, row);
        if (region.contains([lat, lng])) put(found, taken, scale, "village", columns.name[row], lng, lat, [[0, -12], [0, 13]]);
      }
    }
  }

  function byPeople(layer) {
    const people = layer.columns.people ?? [];
    layer.byPeople ??= [...byWeight(layer)].sort((a, b) => (people[b] ?? 0) - (people[a] ?? 0));
    return layer.byPeople;
  }
  // Rows from the widest shape to the narrowest.
  function byWeight(layer) {
    layer.byWeight ??= [...Array(layer.rows).keys()].sort((a, b) => area(layer.shapes, b) - area(layer.shapes, a));
    return layer.byWeight;
  }
  function area(shapes, row) {
    const [west, north, east, south] = shapes.box.subarray(row * 4, row * 4 + 4);
    return east >= west ? (east - west) * (south - north) : 0;
  }

  deadzones.Names = class {
    constructor(page) {
      this.page = page;
      this.arranged = new Map();
      this.shown = { upgrades: true, borders: true };
      this.markers = L.layerGroup().addTo(page.map);
      this.byRow = new Map();
      this.stop = null; // row of the one badge that the Tab key reaches
      this.sheet = new deadzones.Sheet((pen, view) => this.paint(pen, view), { pane: "dz-names" });
      this.sheet.addTo(page.map);
      page.map.on("moveend", () => this.update());
      this.archipelagos();
      this.update();
      page.on("language", () => {
        const pane = page.map.getPane("markerPane");
        pane.setAttribute("role", "group");
        pane.setAttribute("aria-label", page.word("badges"));
        this.byRow.forEach((marker, row) => this.name(row, marker));
      });
    }
    show(what, on) {
      this.shown[what] = on;
      this.arranged.clear();
      this.sheet.redraw();
      this.update();
    }
    // The archipelagos' names are elements, so that a reader and a test find them. They hang below the islands.
    archipelagos() {
      for (const { name, below } of this.page.settings.archipelagos)
        L.marker([below[1], below[0]], {
          interactive: false,
          keyboard: false,
          icon: L.divIcon({ className: "dz-archipelago", html: el("span", {}, name), iconSize: null }),
        }).addTo(this.page.map);
    }
    at(zoom) {
      const bounds = this.page.map.getBounds();
      const old = this.arranged.get(zoom);
      const far = zoom >= COMMUNE_NAMES_FROM && !old?.region.contains(bounds);
      if (!old || far) this.arranged.set(zoom, arrange(this.page, zoom, this.shown, bounds.pad(1)));
      return this.arranged.get(zoom);
    }
    paint(pen, view) {
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      for (const { font, text, x, y } of this.at(view.zoom).names) {
        const left = x - view.x, top = y - view.y;
        if (left < -80 || top < -20 || left > view.width + 80 || top > view.height + 20) continue;
        pen.font = FONTS[font] + FAMILY;
        pen.lineWidth = 3.5;
        pen.strokeStyle = "rgba(255, 255, 255, 0.92)";
        pen.strokeText(text, left, top);
        pen.fillStyle = font === "province" ? "#1f2832" : "#3a434f";
        pen.fillText(text, left, top);
      }
    }
    update() {
      const { map, upgrades } = this.page;
      const view = map.getBounds().pad(0.2);
      const wanted = new Set(this.at(map.getZoom()).badges.map(({ row }) => row)
        .filter((row) => view.contains(deadzones.middle(upgrades.shapes, row))));
      const focused = document.activeElement?.classList.contains("dz-badge");
      for (const [row, marker] of this.byRow)
        if (!wanted.has(row)) {
          this.markers.removeLayer(marker);
          this.byRow.delete(row);
        }
      for (const row of wanted) if (!this.byRow.has(row)) this.byRow.set(row, this.badge(row));
      this.settle();
      if (focused && !document.activeElement.classList.contains("dz-badge")) this.byRow.get(this.stop)?.getElement().focus();
      this.count = this.at(map.getZoom()).badges.length;
      this.page.tell("layers");
    }
    badge(row) {
      const { upgrades } = this.page;
      const rank = upgrades.columns.rank[row];
      const size = [Math.max(22, 10 + 7.5 * String(rank).length), 22];
      const marker = L.marker(deadzones.middle(upgrades.shapes, row), {
        icon: L.divIcon({
          className: "dz-badge",
          html: el("span", {}, String(rank)),
          iconSize: size,
          iconAnchor: [size[0] / 2, size[1] / 2],
        }),
        riseOnHover: true,
        zIndexOffset: -rank,
      });
      marker.on("click", () => deadzones.openUpgrade(this.page, row));
      marker.addTo(this.markers);
      marker.getElement().addEventListener("keydown", (event) => this.key(event, row));
      marker.getElement().addEventListener("focus", () => { this.stop = row; this.settle(); });
      this.name(row, marker);
      return marker;
    }
    // All badges are one stop of the Tab key; the arrows lead from rank to rank.
    key(event, row) {
      const rows = [...this.byRow.keys()].sort((a, b) => a - b);
      const at = rows.indexOf(row);
      const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
      const opens = event.key === "Enter" || event.key === " ";
      if (to === undefined && !opens) return;
      event.preventDefault();
      event.stopPropagation(); // the map would move
      if (opens) deadzones.openUpgrade(this.page, row);
      else this.byRow.get(rows[(to + rows.length) % rows.length]).getElement().focus();
    }
    settle() {
      if (!this.byRow.has(this.stop)) this.stop = Math.min(...this.byRow.keys());
      for (const [row, marker] of this.byRow) marker.getElement().tabIndex = row === this.stop ? 0 : -1;
    }
    name(row, marker) {
      const label = `${this.page.word("upgrade")} ${this.page.upgrades.columns.rank[row]}`;
      marker.getElement().title = label;
      marker.getElement().setAttribute("aria-label", label);
    }
  };
})(window.deadzones);
