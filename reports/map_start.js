// Puts the page together once every layer has been unpacked: panes, sheets, pointer, link.
(function (deadzones) {
  "use strict";
  const { el } = deadzones;
  const PANES = { graticule: 340, communes: 350, relief: 352, signal: 355, zones: 360, borders: 370, assets: 380, points: 390, names: 395, highlight: 398 };
  const FEW = 150; // features of the existing network that are shown from the start
  const FEW_VILLAGES = 300; // drawn at every zoom; more would hide the communes when far
  const FEW_ZONES = 1000; // the same for dead zones
  const MOST_COVERED = 0.5; // share of the land that dead zones may cover and be shown from the start when far
  const FAR_ZOOM = 8.5; // below, a zone hides the communes that it covers
  const CLICK_FROM_ZOOM = 8; // below, a click means the commune
  const REACH = 8; // pixels around a point or line that still hit it

  deadzones.start = async function (map, settings) {
    const loading = document.getElementById("dz-loading");
    map.attributionControl.setPrefix(false);
    const say = (key) => { loading.textContent = settings.words[key][settings.lang === "vi" ? 0 : 1]; };
    if (!window.DecompressionStream) return say("too_old");
    let layers;
    try {
      layers = await Promise.all(deadzones.received.map(deadzones.unpack));
    } catch (error) {
      say("broken");
      throw error;
    }
    const page = (deadzones.page = new deadzones.Page(map, settings, layers));
    const link = deadzones.readLink();
    if (link.l === "vi" || link.l === "en") page.lang = link.l;
    if (link.m) page.measure = page.measures.get(link.m) ?? page.measures.get(`${link.m}_people_pct`) ?? page.measure;
    for (const [name, zIndex] of Object.entries(PANES)) {
      const pane = map.createPane(`dz-${name}`);
      pane.style.zIndex = zIndex;
      pane.style.pointerEvents = "none";
    }
    if (settings.compare) deadzones.setUpCompare(page, link);
    deadzones.whole(page);
    draw(page, link);
    deadzones.setUpControls(page);
    deadzones.setUpFind(page);
    deadzones.setUpInView(page);
    deadzones.setUpCard(page);
    deadzones.setUpPrint(page);
    mapControls(page);
    pointer(page);
    inset(page);
    deadzones.follow(page, link);
    loading.remove();
    document.documentElement.dataset.ready = "true";
  };

  // The part of the map that no panel covers, as Leaflet's fitting takes it.
  deadzones.padding = function (page) {
    const size = page.map.getSize();
    const edge = 16;
    const card = document.getElementById("dz-card");
    const box = page.settings.inset ? 136 : 0;
    if (size.x <= 720) {
      const top = document.getElementById("dz-head").getBoundingClientRect().bottom;
      const bottom = card.hidden ? document.getElementById("dz-mini").offsetHeight + 12 + box : card.offsetHeight;
      return { paddingTopLeft: [edge, Math.min(top, size.y / 3) + 6], paddingBottomRight: [edge, bottom + edge] };
    }
    const left = document.getElementById("dz-panel").getBoundingClientRect().right;
    return { paddingTopLeft: [left + edge, edge * 2], paddingBottomRight: [(card.hidden ? box : card.offsetWidth) + edge, edge] };
  };
  deadzones.whole = (page) => page.map.fitBounds(page.settings.bounds, { ...deadzones.padding(page), animate: false });

  // ---- layers -------------------------------------------------------------------------------

  function draw(page, link) {
    const { map } = page;
    const few = page.assets.reduce((sum, layer) => sum + layer.rows, 0) <= FEW;
    page.villages.fromZoom = page.villages.rows <= FEW_VILLAGES ? 0 : 8.5;
    page.zones.fromZoom = page.zones.rows <= FEW_ZONES ? 0 : 7.5;
    page.sheets = {
      graticule: deadzones.graticuleSheet(page),
      communes: deadzones.communesSheet(page),
      zones: deadzones.zonesSheet(page),
      borders: deadzones.bordersSheet(page),
      villages: deadzones.villagesSheet(page),
    };
    deadzones.islandsSheet(page).addTo(map);
    page.zones.off = page.zones.about.share > MOST_COVERED && map.getZoom() < FAR_ZOOM;
    for (const [name, sheet] of Object.entries(page.sheets)) if (name !== "zones" || !page.zones.off) sheet.addTo(map);
    page.highlight = L.polygon([], { pane: "dz-highlight", interactive: false, fill: false, color: "#10151c", weight: 2.5 }).addTo(map);
    page.hovered = L.polygon([], { pane: "dz-highlight", interactive: false, fill: false, color: "#10151c", weight: 1.3 }).addTo(map);
    page.names = new deadzones.Names(page);
    page.on("measure", () => page.sheets.communes.redraw());
    page.listeners.measure.push(() => deadzones.writeLink(page));
    page.listeners.language.push(() => deadzones.writeLink(page));
    page.layers = layerList(page, few, deadzones.signalsOf(link));
    if (page.settings.compare) deadzones.quiet(page);
  }

  function layerList(page, few, signals) {
    const { zones, upgrades, villages, map } = page;
    const degrees = deadzones.setUpDegrees(page);
    const put = (sheet) => (on) => (on ? sheet.addTo(map) : sheet.remove());
    const total = (layer) => (layer.about.shown < layer.about.total
      ? page.word("shown_of", { shown: page.number(layer.about.shown), n: page.number(layer.about.total) })
      : page.number(layer.about.total));
    const assets = page.assets.map((layer, place) => {
      const sheet = deadzones.assetsSheet(page, layer);
      const on = layer.about.kind === "planned" || (few && !["area", "added", "dropped"].includes(layer.about.kind));
      if (on) sheet.addTo(map);
      const color = page.services.get(layer.about.service)?.color ?? "#2b333d";
      return { id: `assets-${place}`, layer, about: layer.about, on, color, kind: layer.about.kind, show: put(sheet), name: () => deadzones.assetName(page, layer), count: () => total(layer) };
    });
    const pictures = page.signals.map((signal) => {
      const picture = deadzones.signalImage(signal);
      const { service } = signal.about;
      const on = signals.includes(service); // from the start it would hide what the page is about
      if (on) picture.addTo(map);
      const show = (shown) => { put(picture)(shown); deadzones.writeLink(page); };
      return { id: `signal-${service}`, signal, on, show, name: () => deadzones.signalName(page, signal) };
    });
    return [
      { id: "communes", on: true, show: put(page.sheets.communes), name: () => page.word("layer_communes"), count: () => page.number(page.communes.rows) },
      { id: "zones", about: zones.about, unseen: () => map.getZoom() < zones.fromZoom, on: !zones.off, show: put(page.sheets.zones), hint: zones.off && (() => page.word("zones_off", { share: page.quantity("percent", 100 * zones.about.share) })), name: () => page.word("layer_zones"), count: () => (map.getZoom() < zones.fromZoom ? page.word("zoom_to_see") : page.view === "after" ? total(zones) : "") },
      { id: "upgrades", about: upgrades.about, on: true, show: (on) => page.names.show("upgrades", on), name: () => page.word("layer_upgrades"),
        count: () => (page.names.count < upgrades.rows && page.names.shown.upgrades
          ? page.word("shown_of", { shown: page.number(page.names.count), n: page.number(upgrades.about.total) }) : total(upgrades)) },
      { id: "villages", about: villages.about, unseen: () => map.getZoom() < villages.fromZoom, on: true, show: put(page.sheets.villages), name: () => page.word("layer_villages"),
        count: () => (map.getZoom() < villages.fromZoom ? page.word("zoom_to_see") : page.number(villages.rows)) },
      ...pictures,
      ...assets,
      ...(page.relief ? [{ id: "relief", on: false, show: put(deadzones.reliefImage(page.relief)), name: () => page.word("layer_relief"), count: () => "" }] : []),
      { id: "borders", on: true, show: (on) => { put(page.sheets.borders)(on); page.names.show("borders", on); }, name: () => page.word("layer_borders") },
      { id: "graticule", on: true, show: (on) => { put(page.sheets.graticule)(on); degrees(on); }, name: () => page.word("layer_graticule") },
    ].filter((entry) => !["zones", "upgrades", "villages"].includes(entry.id) || page[entry.id].rows);
  }

  // "Sites – mobile", with the layer's own name where two would read the same.
  deadzones.assetName = function (page, layer) {
    const same = page.assets.filter(({ about }) => about.kind === layer.about.kind && about.service === layer.about.service);
    const name = `${page.word(layer.about.kind)} – ${page.service(layer.about.service)}`;
    const ofScenario = ["added", "dropped"].includes(layer.about.kind);
    return same.length > 1 || ofScenario ? `${name} (${layer.about.layer})` : name;
  };

  deadzones.signalName = function (page, { about }) {
    const name = page.word("layer_signal");
    return page.signals.length > 1 ? `${name} – ${page.service(about.service)}` : name;
  };

  function mapControls(page) {
    const { map } = page;
    L.control.scale({ imperial: false, position: "bottomright", maxWidth: 120 }).addTo(map);
    L.control.zoom({ position: "bottomright" }).addTo(map);
    const zoom = map.getContainer().querySelector(".leaflet-control-zoom");
    const whole = el("a", { href: "#", role: "button", class: "dz-whole", onclick: (event) => {
      event.preventDefault();
      deadzones.whole(page);
    } }, "⤢");
    zoom.append(whole);
    const keys = ["zoom_in", "zoom_out", "whole"];
    page.on("language", () => [...zoom.children].forEach((node, place) => {
      node.title = page.word(keys[place]);
      node.setAttribute("aria-label", node.title);
    }));
    L.DomEvent.disableClickPropagation(zoom);
  }

  // ---- pointer ------------------------------------------------------------------------------

  function pointer(page) {
    const { map } = page;
    const tip = L.tooltip({ direction: "top", offset: [0, -8], className: "dz-tip", opacity: 1 });
    let waiting = null;
    function hover() {
      const event = waiting;
      waiting = null;
      const hit = event && hitAt(page, event.latlng);
      const row = hit ? hit.commune : -1;
      if (row !== page.hoverRow) page.hovered.setLatLngs(row >= 0 ? deadzones.latLngs(page.communes.shapes, row) : []);
      page.hoverRow = row;
      const lines = hit ? tipLines(page, hit) : null;
      if (!lines) return void tip.remove();
      tip.setLatLng(event.latlng).setContent(el("div", {}, lines));
      if (!map.hasLayer(tip)) tip.addTo(map);
    }
    map.on("mousemove", (event) => {
      if (!waiting) requestAnimationFrame(hover);
      waiting = event;
    });
    map.on("mouseout", () => { waiting = null; page.hoverRow = -1; page.hovered.setLatLngs([]); tip.remove(); });
    map.on("click", (event) => {
      const hit = hitAt(page, event.latlng);
      if (hit.village >= 0) deadzones.openVillage(page, hit.village);
      else if (hit.asset) deadzones.openAsset(page, hit.asset, hit.assetRow, event.latlng);
      else if (hit.zone >= 0) deadzones.openZone(page, hit.zone, { latlng: event.latlng });
      else if (hit.commune >= 0) deadzones.openCommune(page, hit.commune);
      else deadzones.closeCard(page);
    });
  }

  function hitAt(page, latlng) {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(latlng, 0);
    const zoom = page.map.getZoom();
    const reach = REACH / 2 ** zoom;
    const on = (id) => page.layers.some((layer) => layer.id === id && layer.on);
    const hit = { village: -1, zone: -1, commune: deadzones.rowAt(page.communes.shapes, x, y) };
    if (on("villages") && zoom >= page.villages.fromZoom) hit.village = deadzones.rowNear(page.villages.shapes, x, y, reach);
    for (const { layer } of page.layers.filter((entry) => entry.on && entry.layer)) {
      if (zoom < CLICK_FROM_ZOOM || layer.about.kind === "area") continue;
      const row = deadzones.rowNear(layer.shapes, x, y, reach);
      if (row >= 0) [hit.asset, hit.assetRow] = [layer, row];
    }
    if (on("zones") && page.view === "after" && zoom >= Math.max(CLICK_FROM_ZOOM, page.zones.fromZoom))
      hit.zone = deadzones.rowAt(page.zones.shapes, x, y, (row) => !page.hiddenLacks.has(page.zones.columns.lacks[row]));
    return hit;
  }

  function tipLines(page, hit) {
    const lines = [];
    if (hit.commune >= 0) {
      const value = page.view === "change"
        ? deadzones.moves(page, hit.commune) : page.value(page.measure, page.shown[hit.commune]);
      lines.push(el("b", {}, page.communeName(hit.commune)), el("small", {}, page.provinceName(hit.commune)),
        el("span", {}, `${page.pick(page.measure.label)}: ${value}`));
    }
    if (hit.zone >= 0)
      lines.push(el("span", { class: "dz-tip-zone" }, `${page.word("dead_zone")}: ${page.lacks(page.zones.columns.lacks[hit.zone])}, ${page.quantity("persons", page.zones.columns.people[hit.zone])}`));
    if (hit.village >= 0)
      lines.push(el("span", { class: "dz-tip-zone" }, `${page.villages.columns.name[hit.village] || page.word("village")}: ${page.lacks(page.villages.columns.lacks[hit.village])}`));
    else if (hit.asset) lines.push(el("span", { class: "dz-tip-zone" }, hit.asset.columns.name[hit.assetRow] || deadzones.assetName(page, hit.asset)));
    return lines.length ? lines : null;
  }

  // ---- inset --------------------------------------------------------------------------------

  // Where the first view has no room for the archipelagos they stand in a box of their own.
  function inset(page) {
    if (!page.settings.inset) return;
    const [west, south, east, north] = [109, 5, 118.4, 17.6];
    const [left, top] = [deadzones.worldX(west), deadzones.worldY(north)];
    const scale = 120 / (deadzones.worldX(east) - left);
    const height = Math.round((deadzones.worldY(south) - top) * scale);
    const picture = el("canvas", { width: 240, height: height * 2, "aria-hidden": "true", style: { width: "120px", height: `${height}px` } });
    const pen = picture.getContext("2d");
    pen.scale(2, 2);
    pen.fillStyle = "#4d5560";
    const at = ([lon, lat]) => [(deadzones.worldX(lon) - left) * scale, (deadzones.worldY(lat) - top) * scale];
    const names = page.settings.archipelagos.map(({ name, below, islands }) => {
      for (const island of islands) {
        pen.beginPath();
        pen.arc(...at(island), 1.1, 0, 7);
        pen.fill();
      }
      return el("span", { class: "dz-archipelago", style: { top: `${at(below)[1] + 3}px` } }, name);
    });
    page.map.getContainer().append(el("div", { id: "dz-inset" }, picture, names));
  }
})(window.deadzones);
