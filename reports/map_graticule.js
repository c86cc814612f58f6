// Meridians and parallels, with their degrees at the edges of the map.
(function (deadzones) {
  "use strict";
  const { el, decimals } = deadzones;
  const STEPS = [20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
  const APART = 120; // pixels between two lines at least
  const EDGE = 16; // pixels between the card and the edge of the map
  const [WIDE, HIGH] = [64, 18]; // pixels that a number keeps to itself

  const stepAt = (scale) => STEPS.findLast((degrees) => (degrees * 256 * scale) / 360 >= APART) ?? STEPS[0];
  // Multiples of a step from one number to another, without the dust of adding.
  function lines(from, to, step) {
    const found = [];
    for (let k = Math.ceil(from / step); k * step <= to; k++) found.push(Number((k * step).toFixed(2)));
    return found;
  }

  deadzones.graticuleSheet = (page) =>
    new deadzones.Sheet((pen, view) => {
      const step = stepAt(view.scale);
      const at = (x, y) => deadzones.latLng(x / view.scale, y / view.scale);
      const [northWest, southEast] = [at(view.x, view.y), at(view.x + view.width, view.y + view.height)];
      pen.strokeStyle = "rgba(70, 100, 130, 0.2)";
      pen.lineWidth = 1;
      pen.beginPath();
      for (const lon of lines(northWest.lng, southEast.lng, step)) {
        const x = Math.round(deadzones.worldX(lon) * view.scale - view.x) + 0.5;
        pen.moveTo(x, 0);
        pen.lineTo(x, view.height);
      }
      for (const lat of lines(southEast.lat, northWest.lat, step)) {
        const y = Math.round(deadzones.worldY(lat) * view.scale - view.y) + 0.5;
        pen.moveTo(0, y);
        pen.lineTo(view.width, y);
      }
      pen.stroke();
    }, { pane: "dz-graticule" });

  // "105°Đ" or "105°E": the number in the language's own form, the side by its initial.
  function degrees(page, value, [positive, negative]) {
    const side = value === 0 ? "" : page.word(value > 0 ? positive : negative);
    return `${page.number(Math.abs(value), decimals(value))}°${side}`;
  }

  // The numbers stand still at the lower and the right edge of the free part of the map, while the
  // lines move with it; none stands under a control.
  deadzones.setUpDegrees = function (page) {
    const { map } = page;
    const box = el("div", { id: "dz-degrees", "aria-hidden": "true" });
    map.getContainer().append(box);
    const covering = () => [...document.querySelectorAll("#dz-panel, #dz-head, #dz-card, #dz-mini, #dz-inset, #dz-band, .leaflet-control")]
      .map((node) => node.getBoundingClientRect()).filter(({ width }) => width);
    let waiting = false;
    function draw() {
      waiting = false;
      if (box.hidden) return;
      const step = stepAt(map.options.crs.scale(map.getZoom()) / 256);
      const bounds = map.getBounds();
      const size = map.getSize();
      const card = document.getElementById("dz-card");
      const beside = !card.hidden && card.offsetWidth < size.x / 2; // on a narrow screen it lies below
      const [right, down] = [size.x - (beside ? card.offsetWidth + EDGE : 0), size.y];
      const taken = covering();
      const clear = (x, y) => x > WIDE / 2 && y > HIGH && taken.every((rect) =>
        x + WIDE / 2 < rect.left || x - WIDE / 2 > rect.right || y + HIGH / 2 < rect.top || y - HIGH / 2 > rect.bottom);
      const put = (kind, text, x, y) => (clear(x, y) ? el("span", { class: kind, style: { left: `${x}px`, top: `${y}px` } }, text) : null);
      const at = (lat, lon) => map.latLngToContainerPoint([lat, lon]);
      box.replaceChildren(...[
        ...lines(bounds.getWest(), bounds.getEast(), step).map((lon) =>
          put("dz-lon", degrees(page, lon, ["east", "west"]), at(bounds.getCenter().lat, lon).x, down - HIGH / 2 - 3)),
        ...lines(bounds.getSouth(), bounds.getNorth(), step).map((lat) =>
          put("dz-lat", degrees(page, lat, ["north", "south"]), right - WIDE / 2 + 6, at(lat, bounds.getCenter().lng).y)),
      ].filter(Boolean));
    }
    const ask = () => { if (!waiting) waiting = Boolean(requestAnimationFrame(draw)); };
    map.on("move zoomend resize", ask);
    page.on("language", ask);
    page.listeners.card.push(ask);
    return (on) => { box.hidden = !on; ask(); };
  };
})(window.deadzones);
