// Painters: what each layer looks like on its canvas.
(function (deadzones) {
  "use strict";
  const { Sheet, trace, inView, hatch } = deadzones;

  const INK = "#2b333d";
  const UNKNOWN = { ground: "#e4e7ea", line: "#b4bbc3" };
  const WORSE = { light: "#f7dcc2", dark: "#8a4a16" };
  const LACKS_TWO = "#414a72";
  const LACKS_MORE = "#171b34";
  const HATCH_FROM_ZOOM = (deadzones.HATCH_FROM_ZOOM = 8.5); // below, cells are too small for a pattern: plain colour
  const SMALLEST = 1.5; // pixels; a dead zone never vanishes for being small
  const SIGNAL_OPACITY = 0.93; // a hint of the communes below; more would mix the colours
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
  const STEPS = [20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

  deadzones.unknownFill = (pen, view) =>
    hatch(pen, [{ direction: 1, color: UNKNOWN.line, width: 1.2 }], UNKNOWN.ground, view);

  // The colour of a class of communes. A change for the worse is hatched too: colour alone would say it.
  deadzones.classFill = function ({ scale }, place, pen, view) {
    if (place < 0) return deadzones.unknownFill(pen, view);
    const color = scale.colors[place];
    const away = scale.steps ? (place - scale.steps.length) * scale.better : 0;
    if (away >= 0) return color;
    return hatch(pen, [{ direction: 0, color: -away === scale.steps.length ? WORSE.light : WORSE.dark, width: 1.1 }], color, view);
  };

  deadzones.lacksColor = function (page, lacks) {
    const keys = lacks.split("+");
    if (keys.length === 1) return page.services.get(keys[0])?.color ?? LACKS_TWO;
    return keys.length === 2 ? LACKS_TWO : LACKS_MORE;
  };

  // A colour thinned with white. Not with alpha: over a dark commune it would be another colour than
  // the legend's.
  function paler(color, share) {
    const part = (at) => Math.round(255 + share * (parseInt(color.slice(at, at + 2), 16) - 255));
    return `rgb(${part(1)}, ${part(3)}, ${part(5)})`;
  }

  deadzones.lacksFill = function (page, pen, lacks, view) {
    const keys = lacks.split("+");
    const color = deadzones.lacksColor(page, lacks);
    const ground = paler(color, keys.length === 1 ? 0.25 : 0.8);
    const strokes = keys.map((key) => ({
      direction: page.services.get(key)?.place ?? 0,
      color: keys.length === 1 ? color : "#ffffffd0",
      width: keys.length === 1 ? 1.6 : 1,
    }));
    return hatch(pen, strokes, ground, view);
  };

  deadzones.communesSheet = (page) =>
    new Sheet((pen, view) => {
      const { shapes } = page.communes;
      const { scale, shown } = page;
      const paths = [...scale.colors, null].map(() => new Path2D());
      for (let row = 0; row < shapes.rows; row++) {
        if (!inView(shapes, row, view)) continue;
        const place = page.classOf(scale, shown[row]);
        trace(place < 0 ? paths[paths.length - 1] : paths[place], shapes, row, view);
      }
      paths.forEach((path, place) => {
        pen.fillStyle = deadzones.classFill(page, place < scale.colors.length ? place : -1, pen, view);
        pen.fill(path, "evenodd");
      });
      pen.strokeStyle = "rgba(96, 74, 52, 0.34)";
      pen.lineWidth = view.zoom < 7 ? 0.3 : view.zoom < 9 ? 0.6 : 0.9;
      for (const path of paths) pen.stroke(path);
    }, { pane: "dz-communes" });

  // Predicted signal is a picture: its pixels stay squares, because they are cells.
  deadzones.signalImage = ({ image, about }) =>
    L.imageOverlay(image, about.bounds, { pane: "dz-signal", className: "dz-pixels", opacity: SIGNAL_OPACITY });

  deadzones.reliefImage = ({ image, about }) => L.imageOverlay(image, about.bounds, { pane: "dz-relief" });

  deadzones.zonesSheet = (page) =>
    new Sheet((pen, view) => {
      if (view.zoom < page.zones.fromZoom) return;
      if (page.view === "change") return deadzones.paintZoneChanges(page, pen, view);
      const paths = new Map();
      for (const { layer, row } of deadzones.zonesShown(page)) {
        const { shapes, columns } = layer;
        const lacks = columns.lacks[row];
        if (page.hiddenLacks.has(lacks) || !inView(shapes, row, view)) continue;
        if (!paths.has(lacks)) paths.set(lacks, new Path2D());
        deadzones.zone(paths.get(lacks), shapes, row, view);
      }
      for (const [lacks, path] of paths) {
        const color = deadzones.lacksColor(page, lacks);
        const near = view.zoom >= HATCH_FROM_ZOOM;
        pen.fillStyle = near ? deadzones.lacksFill(page, pen, lacks, view) : color;
        if (near) {
          // A pale rim: dark zones stay apart from dark communes.
          pen.strokeStyle = "rgba(255, 255, 255, 0.8)";
          pen.lineWidth = 3;
          pen.stroke(path);
        }
        pen.fill(path, "evenodd");
        if (!near) continue;
        pen.strokeStyle = color;
        pen.lineWidth = 1.2;
        pen.stroke(path);
      }
    }, { pane: "dz-zones" });

  // Every zone of the state that the page shows: of the result before, some stand in a layer of their own.
  deadzones.zonesShown = function (page) {
    const rows = (layer) => Array.from({ length: layer?.rows ?? 0 }, (_, row) => ({ layer, row }));
    const { same } = page.zoneFates ?? {};
    if (page.view !== "before") return rows(page.zones);
    return [...rows(page.zones).filter(({ row }) => same?.has(page.zones.columns.id[row])), ...rows(page.oldZones)];
  };

  deadzones.zone = function (path, shapes, row, view) {
    const at = row * 4;
    const width = (shapes.box[at + 2] - shapes.box[at]) * view.scale;
    const height = (shapes.box[at + 3] - shapes.box[at + 1]) * view.scale;
    if (Math.max(width, height) >= SMALLEST) return trace(path, shapes, row, view);
    const x = shapes.box[at] * view.scale - view.x, y = shapes.box[at + 1] * view.scale - view.y;
    path.rect(x, y, SMALLEST, SMALLEST);
  };

  deadzones.bordersSheet = (page) =>
    new Sheet((pen, view) => {
      const path = new Path2D();
      const { shapes } = page.provinces;
      for (let row = 0; row < shapes.rows; row++)
        if (inView(shapes, row, view)) trace(path, shapes, row, view);
      pen.lineJoin = "round";
      pen.strokeStyle = "rgba(255, 255, 255, 0.75)";
      pen.lineWidth = view.zoom < 7 ? 2 : 3;
      pen.stroke(path);
      pen.strokeStyle = "#4d5560";
      pen.lineWidth = view.zoom < 7 ? 0.8 : 1.2;
      pen.stroke(path);
    }, { pane: "dz-borders" });

  deadzones.assetsSheet = function (page, layer) {
    const service = page.services.get(layer.about.service);
    const color = service?.color ?? INK;
    const paint = { line: paintLines, planned: paintPlanned, area: paintAreas }[layer.about.kind] ?? paintPoints;
    return new Sheet((pen, view) => paint(pen, view, layer, color, service?.place ?? 0), {
      pane: "dz-assets",
    });
  };

  function wholePath(layer, view) {
    const path = new Path2D();
    for (let row = 0; row < layer.shapes.rows; row++)
      if (inView(layer.shapes, row, view)) trace(path, layer.shapes, row, view);
    return path;
  }

  function paintLines(pen, view, layer, color, place) {
    const path = wholePath(layer, view);
    pen.lineJoin = "round";
    pen.strokeStyle = "rgba(255, 255, 255, 0.8)";
    pen.lineWidth = view.zoom < 8 ? 1.6 : 3.6;
    pen.stroke(path);
    pen.setLineDash(view.zoom < 8 ? [] : DASHES[place % DASHES.length]);
    pen.strokeStyle = color;
    pen.lineWidth = view.zoom < 8 ? 0.8 : 1.7;
    pen.stroke(path);
  }

  // What is to be built stands out from what is there: a dark rim in place of a white one.
  function paintPlanned(pen, view, layer, color) {
    const path = wholePath(layer, view);
    pen.lineJoin = "round";
    pen.lineCap = "round";
    pen.strokeStyle = INK;
    pen.lineWidth = view.zoom < 8 ? 2 : 5;
    pen.stroke(path);
    pen.strokeStyle = color;
    pen.lineWidth = view.zoom < 8 ? 1.2 : 3.2;
    pen.stroke(path);
  }

  const MARKS = {
    site: [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
    added: [[-0.4, -1.2], [0.4, -1.2], [0.4, -0.4], [1.2, -0.4], [1.2, 0.4], [0.4, 0.4], [0.4, 1.2], [-0.4, 1.2], [-0.4, 0.4], [-1.2, 0.4], [-1.2, -0.4], [-0.4, -0.4]],
    dropped: [[-1.2, -0.4], [1.2, -0.4], [1.2, 0.4], [-1.2, 0.4]],
    node: [[-1, -1], [1, -1], [1, 1], [-1, 1]],
  };

  function paintAreas(pen, view, layer, color, place) {
    const path = wholePath(layer, view);
    pen.fillStyle = color + "22";
    pen.fill(path, "evenodd");
    pen.setLineDash(DASHES[(place + 1) % DASHES.length]);
    pen.strokeStyle = color;
    pen.stroke(path);
  }

  // Sites are triangles, nodes are squares; what a scenario adds is a plus, what it drops a minus.
  function paintPoints(pen, view, layer, color) {
    const path = new Path2D();
    const size = view.zoom < 7 ? 1.6 : view.zoom < 9 ? 2.6 : 4.6;
    const points = MARKS[layer.about.kind] ?? MARKS.node;
    eachPoint(layer.shapes, view, (x, y) => {
      points.forEach(([dx, dy], corner) => path[corner ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
      path.closePath();
    });
    pen.fillStyle = color;
    pen.strokeStyle = "#ffffff";
    pen.lineWidth = view.zoom < 9 ? 0.5 : 1.2;
    pen.fill(path);
    pen.stroke(path);
  }

  deadzones.villagesSheet = (page) =>
    new Sheet((pen, view) => {
      if (view.zoom < page.villages.fromZoom) return;
      const paths = new Map();
      const size = view.zoom < 9 ? 2 : 3.4;
      const { lacks } = page.villages.columns;
      eachPoint(page.villages.shapes, view, (x, y, row) => {
        const key = lacks[row];
        if (!paths.has(key)) paths.set(key, new Path2D());
        paths.get(key).moveTo(x + size, y);
        paths.get(key).arc(x, y, size, 0, 7);
      });
      for (const [key, path] of paths) {
        pen.fillStyle = key === null ? "#ffffff" : deadzones.lacksColor(page, key);
        pen.strokeStyle = key === null ? "#6b7480" : "#ffffff";
        pen.lineWidth = 1.2;
        pen.fill(path);
        pen.stroke(path);
      }
    }, { pane: "dz-points" });

  function eachPoint(shapes, view, draw) {
    for (let row = 0; row < shapes.rows; row++) {
      if (!inView(shapes, row, view)) continue;
      const [x, y] = deadzones.point(shapes, row);
      draw(x * view.scale - view.x, y * view.scale - view.y, row);
    }
  }

  // The islands of the two archipelagos, drawn whatever the layers hold.
  deadzones.islandsSheet = (page) =>
    new Sheet((pen, view) => {
      pen.fillStyle = "#4d5560";
      for (const { islands } of page.settings.archipelagos)
        for (const [lon, lat] of islands) {
          const x = deadzones.worldX(lon) * view.scale - view.x;
          const y = deadzones.worldY(lat) * view.scale - view.y;
          pen.beginPath();
          pen.arc(x, y, 1.5, 0, 7);
          pen.fill();
        }
    }, { pane: "dz-borders" });

  deadzones.graticuleSheet = (page) =>
    new Sheet((pen, view) => {
      const perDegree = (256 * view.scale) / 360;
      const step = STEPS.findLast((degrees) => degrees * perDegree >= 120) ?? STEPS[0];
      const west = ((view.x / view.scale) / 256 - 0.5) * 360;
      pen.strokeStyle = "rgba(70, 100, 130, 0.16)";
      pen.lineWidth = 1;
      pen.beginPath();
      for (let k = Math.ceil(west / step); (k * step - west) * perDegree < view.width; k++) {
        const x = Math.round(deadzones.worldX(k * step) * view.scale - view.x) + 0.5;
        pen.moveTo(x, 0);
        pen.lineTo(x, view.height);
      }
      const north = deadzones.latLng(0, view.y / view.scale).lat;
      const south = deadzones.latLng(0, (view.y + view.height) / view.scale).lat;
      for (let k = Math.ceil(south / step); k * step < north; k++) {
        const y = Math.round(deadzones.worldY(k * step) * view.scale - view.y) + 0.5;
        pen.moveTo(0, y);
        pen.lineTo(view.width, y);
      }
      pen.stroke();
    }, { pane: "dz-graticule" });
})(window.deadzones);
