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

  // Boxes that are taken, found again by the cells they touch.
  class Taken {
    constructor() {
      this.cells = new Map();
    }
    take(x, y, width, height) {
      const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
      const keys = [];
      for (let i = Math.floor(box[0] / CELL); i <= Math.floor(box[2] / CELL); i++)
        for (let j = Math.floor(box[1] / CELL); j <= Math.floor(box[3] / CELL); j++) keys.push(`${i},${j}`);
      const free = keys.every((key) => (this.cells.get(key) ?? []).every((other) => apart(box, other)));
      if (free) for (const key of keys) this.cells.set(key, [...(this.cells.get(key) ?? []), box]);
      return free;
    }
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
    for (const { name, label } of page.settings.inset ? [] : page.settings.archipelagos)
      taken.take(deadzones.worldX(label[0]) * scale, deadzones.worldY(label[1]) * scale, 150, 36);
    const badges = shown.upgrades ? placeBadges(page, zoom, scale, taken) : [];
    const names = shown.borders ? placeNames(page, zoom, scale, taken, region) : [];
    return { badges, names, region };
  }

  function placeBadges(page, zoom, scale, taken) {
    const most = BADGES_BY_ZOOM.find(([below]) => zoom < below)?.[1] ?? Infinity;
    const { columns, shapes, rows } = page.upgrades;
    const found = [];
    for (let row = 0; row < Math.min(rows, most); row++) {
      if (!deadzones.hasShape(shapes, row)) continue;
      const [x, y] = deadzones.point(shapes, row);
      const width = BADGE + 7 * Math.max(0, String(columns.rank[row]).length - 2);
      if (taken.take(x * scale, y * scale, width, BADGE)) found.push(row);
    }
    return found;
  }

  function placeNames(page, zoom, scale, taken, region) {
    const found = [];
    function put(font, text, lon, lat, tries) {
      if (lon === null || !text) return;
      const x = deadzones.worldX(lon) * scale, y = deadzones.worldY(lat) * scale;
      const width = textWidth(font, text) + 8;
      const spot = tries.find(([dx, dy]) => taken.take(x + dx, y + dy, width, 16));
      if (spot) found.push({ font, text, x: x + spot[0], y: y + spot[1] });
    }
    const { columns: province } = page.provinces;
    if (zoom < COMMUNE_NAMES_FROM + 1.5)
      byWeight(page.provinces).forEach((row) =>
        put("province", province.name[row], province.lon[row], province.lat[row], TRIES),
      );
    if (zoom >= COMMUNE_NAMES_FROM) {
      const { columns, shapes } = page.communes;
      for (const row of byWeight(page.communes)) {
        if (columns.lat[row] === null || !region.contains([columns.lat[row], columns.lon[row]])) continue;
        const room = (shapes.box[row * 4 + 2] - shapes.box[row * 4]) * scale;
        if (room > textWidth("commune", page.communeName(row)))
          put("commune", page.communeName(row), columns.lon[row], columns.lat[row], TRIES);
      }
    }
    if (zoom >= VILLAGE_NAMES_FROM) {
      const { columns, shapes, rows } = page.villages;
      for (let row = 0; row < rows; row++) {
        if (!deadzones.hasShape(shapes, row)) continue;
        const { lat, lng } = deadzones.middle(shapes, row);
        if (region.contains([lat, lng])) put("village", columns.name[row], lng, lat, [[0, -12], [0, 13]]);
      }
    }
    return found;
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
      this.sheet = new deadzones.Sheet((pen, view) => this.paint(pen, view), { pane: "dz-names" });
      this.sheet.addTo(page.map);
      page.map.on("moveend", () => this.update());
      this.archipelagos();
      this.update();
      page.on("language", () => this.byRow.forEach((marker, row) => this.name(row, marker)));
    }
    show(what, on) {
      this.shown[what] = on;
      this.arranged.clear();
      this.sheet.redraw();
      this.update();
    }
    // The archipelagos' names are elements, so that a reader and a test find them.
    archipelagos() {
      if (this.page.settings.inset) return;
      for (const { name, label } of this.page.settings.archipelagos)
        L.marker([label[1], label[0]], {
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
        pen.lineWidth = 3;
        pen.strokeStyle = "rgba(255, 255, 255, 0.85)";
        pen.strokeText(text, left, top);
        pen.fillStyle = font === "province" ? "#2b333d" : "#4a5360";
        pen.fillText(text, left, top);
      }
    }
    update() {
      const { map, upgrades } = this.page;
      const view = map.getBounds().pad(0.2);
      const wanted = new Set(
        this.at(map.getZoom()).badges.filter((row) => view.contains(deadzones.middle(upgrades.shapes, row))),
      );
      for (const [row, marker] of this.byRow)
        if (!wanted.has(row)) {
          this.markers.removeLayer(marker);
          this.byRow.delete(row);
        }
      for (const row of wanted) if (!this.byRow.has(row)) this.byRow.set(row, this.badge(row));
      this.count = this.at(map.getZoom()).badges.length;
      this.page.tell("layers");
    }
    badge(row) {
      const { upgrades } = this.page;
      const rank = upgrades.columns.rank[row];
      const marker = L.marker(deadzones.middle(upgrades.shapes, row), {
        icon: L.divIcon({
          className: "dz-badge",
          html: el("span", {}, String(rank)),
          iconSize: [Math.max(22, 10 + 7.5 * String(rank).length), 22],
        }),
        riseOnHover: true,
        zIndexOffset: -rank,
      });
      marker.on("click", () => deadzones.openUpgrade(this.page, row));
      marker.addTo(this.markers);
      this.name(row, marker);
      return marker;
    }
    name(row, marker) {
      const label = `${this.page.word("upgrade")} ${this.page.upgrades.columns.rank[row]}`;
      marker.getElement().title = label;
      marker.getElement().setAttribute("aria-label", label);
    }
  };
})(window.deadzones);
