// Painters: what each layer looks like on its canvas.
(function (deadzones) {
  "use strict";
  const { Sheet, trace, inView, hatch } = deadzones;

  const INK = "#2b333d";
  const UNKNOWN = { ground: "#e4e7ea", line: "#b4bbc3" };
  const WORSE = { light: "#f7dcc2", dark: "#8a4a16" };
  const LIGHT = 0.6; // brightness from which a colour takes dark strokes and a dark rim
  const HATCH_FROM = 120; // square pixels of a dead zone before a pattern can be read in it
  const COMPACT = 0.2; // share of its box that it fills, unless it is large: strokes would cut threads of cells to pieces
  const LARGE = 3000; // square pixels
  const VAST = 20_000; // square pixels; from here a ground would hide whole communes, and strokes alone are seen
  const APART = 3; // times as far as the strokes of a smaller zone
  const NEAR_ZOOM = 8.5; // below, rims are thin: cells are a pixel or two
  const FAR_ZOOM = 7; // below, thinner still: rims would be all that is seen
  const SMALLEST = 1.5; // pixels; a dead zone never vanishes for being small
  const SIGNAL_OPACITY = 0.93; // a hint of the communes below; more would mix the colours
  const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

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

  // Every set of lacking services has its own colour, the same at every zoom and in the legend. Sets of
  // services that a study adds take the mean of their colours, darkened; their strokes differ anyway.
  deadzones.lacksColor = function (page, lacks) {
    const keys = lacks.split("+");
    const colors = keys.map((key) => page.services.get(key)?.color ?? INK);
    if (keys.length === 1) return colors[0];
    return page.lacksColors.get([...keys].sort().join("+")) ?? mean(colors);
  };
  const parts = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  function mean(colors) {
    const sums = colors.map(parts).reduce((sum, one) => sum.map((part, at) => part + one[at]));
    return `#${sums.map((part) => Math.round((0.75 * part) / colors.length).toString(16).padStart(2, "0")).join("")}`;
  }
  function isLight(color) {
    const [red, green, blue] = parts(color);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255 >= LIGHT;
  }

  // The same ground as where a zone is too small for strokes; one stroke for each lacking service.
  deadzones.lacksFill = function (page, pen, lacks, view) {
    const color = deadzones.lacksColor(page, lacks);
    const stroke = isLight(color) ? "#1f283270" : "#ffffff75";
    const strokes = lacks.split("+").map((key) => ({ direction: page.services.get(key)?.place ?? 0, color: stroke, width: 1.1 }));
    return hatch(pen, strokes, color, view);
  };

  // Strokes in the zone's own colour, on a light rim: communes show between them.
  function openFill(page, pen, lacks, view) {
    const color = deadzones.lacksColor(page, lacks);
    const directions = lacks.split("+").map((key) => page.services.get(key)?.place ?? 0);
    const strokes = (color, width) => directions.map((direction) => ({ direction, color, width }));
    return hatch(pen, [...strokes(isLight(color) ? "#2b333d" : "#ffffffb0", 3.2), ...strokes(color, 2)], null, view, APART);
  }

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
      pen.lineWidth = view.zoom < 7 ? 0.3 : view.zoom < 9 ? 0.6 : 0.9;
      paths.forEach((path, place) => {
        const dark = place < scale.colors.length && !isLight(scale.colors[place]);
        pen.strokeStyle = dark ? "rgba(255, 255, 255, 0.34)" : "rgba(96, 74, 52, 0.34)";
        pen.stroke(path);
      });
    }, { pane: "dz-communes" });

  // Predicted signal is a picture: its pixels stay squares, because they are cells.
  deadzones.signalImage = ({ image, about }) =>
    L.imageOverlay(image, about.bounds, { pane: "dz-signal", className: "dz-pixels", opacity: SIGNAL_OPACITY });

  deadzones.reliefImage = ({ image, about }) => L.imageOverlay(image, about.bounds, { pane: "dz-relief" });

  // Zones with room for it are hatched by what they lack, the others are plain: their colour says it.
  // Where a zone is vast, the communes below show through.
  deadzones.zonesSheet = (page) =>
    new Sheet((pen, view) => {
      if (view.zoom < page.zones.fromZoom) return;
      if (page.view === "change") return deadzones.paintZoneChanges(page, pen, view);
      const paths = new Map();
      for (const { layer, row } of deadzones.zonesShown(page)) {
        const { shapes, columns } = layer;
        const lacks = columns.lacks[row];
        if (page.hiddenLacks.has(lacks) || !inView(shapes, row, view)) continue;
        if (!paths.has(lacks)) paths.set(lacks, { vast: new Path2D(), large: new Path2D(), small: new Path2D() });
        deadzones.zone(paths.get(lacks)[room(layer, row, view)], shapes, row, view);
      }
      for (const [lacks, { vast, large, small }] of paths) {
        const color = deadzones.lacksColor(page, lacks);
        paintZones(pen, small, color, color, view.zoom < FAR_ZOOM ? 0.5 : view.zoom < NEAR_ZOOM ? 1 : 2);
        paintZones(pen, large, color, deadzones.lacksFill(page, pen, lacks, view), 3);
        paintZones(pen, vast, color, openFill(page, pen, lacks, view), 3);
      }
    }, { pane: "dz-zones" });

  // A rim keeps dark zones apart from dark communes, and light ones from light.
  function paintZones(pen, path, color, fill, rim) {
    pen.strokeStyle = isLight(color) ? "#2b333d" : "rgba(255, 255, 255, 0.85)";
    pen.lineWidth = rim;
    pen.stroke(path);
    pen.fillStyle = fill;
    pen.fill(path, "evenodd");
    if (rim < 3) return;
    pen.strokeStyle = color;
    pen.lineWidth = 1.2;
    pen.stroke(path);
  }

  const WORLD_KM = 40_075; // the equator
  function room({ shapes, columns }, row, view) {
    const [width, height] = sides(shapes, row, view);
    const { lat } = deadzones.latLng(0, shapes.box[row * 4 + 1]);
    const pixels = (256 * view.scale) / (WORLD_KM * Math.cos((lat * Math.PI) / 180));
    const area = (columns.area_km2?.[row] ?? 0) * pixels * pixels;
    if (area >= VAST) return "vast";
    return area >= HATCH_FROM && (area >= LARGE || area >= COMPACT * width * height) ? "large" : "small";
  }

  function sides(shapes, row, view) {
    const at = row * 4;
    return [(shapes.box[at + 2] - shapes.box[at]) * view.scale, (shapes.box[at + 3] - shapes.box[at + 1]) * view.scale];
  }

  // Every zone of the state that the page shows: of the result before, some stand in a layer of their own.
  deadzones.zonesShown = function (page) {
    const rows = (layer) => Array.from({ length: layer?.rows ?? 0 }, (_, row) => ({ layer, row }));
    const { same } = page.zoneFates ?? {};
    if (page.view !== "before") return rows(page.zones);
    return [...rows(page.zones).filter(({ row }) => same?.has(page.zones.columns.id[row])), ...rows(page.oldZones)];
  };

  deadzones.zone = function (path, shapes, row, view) {
    const at = row * 4;
    if (Math.max(...sides(shapes, row, view)) >= SMALLEST) return trace(path, shapes, row, view);
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
      const size = view.zoom < 7 ? 1.2 : view.zoom < 9 ? 2 : 3.4;
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
        pen.lineWidth = view.zoom < 7 ? 0.4 : 1.2;
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
})(window.deadzones);
