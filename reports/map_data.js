// Reads what packing.py wrote: base64, deflate, a JSON head, then variable-length integers.
// Coordinates become pixels of the world at zoom 0 (256 x 256), so drawing needs no projection.
(function () {
  "use strict";
  const deadzones = (window.deadzones = { received: [] });

  deadzones.receive = (role, about, text) => deadzones.received.push({ role, about, text });

  deadzones.unpack = async function ({ role, about, text }) {
    if (role === "signal" || role === "relief") return { role, about, image: `data:image/png;base64,${text}` };
    const bytes = await inflate(toBytes(text));
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const shapes = readShapes(bytes, 4 + length, head.rows, head.precision);
    return { role, about, rows: head.rows, columns: head.columns, shapes };
  };

  function toBytes(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const raw = atob(text);
    const bytes = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
    return bytes;
  }

  async function inflate(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  function readShapes(bytes, start, rows, precision) {
    let at = start;
    function next() {
      let value = 0;
      let unit = 1;
      for (;;) {
        const byte = bytes[at++];
        value += (byte & 127) * unit;
        if (byte < 128) return value;
        unit *= 128;
      }
    }
    function starts(count) {
      const found = new Uint32Array(count + 1);
      for (let i = 0; i < count; i++) found[i + 1] = found[i] + next();
      return found;
    }
    function axis(count, project) {
      const found = new Float64Array(count);
      let place = 0;
      for (let i = 0; i < count; i++) {
        const folded = next();
        place += folded % 2 ? -(folded + 1) / 2 : folded / 2;
        found[i] = project(place * precision);
      }
      return found;
    }
    const rowStart = starts(rows);
    const partStart = starts(rowStart[rows]);
    const vertices = partStart[rowStart[rows]];
    const x = axis(vertices, deadzones.worldX);
    const y = axis(vertices, deadzones.worldY);
    return withBoxes({ rows, rowStart, partStart, x, y });
  }

  // Four numbers a row: west, north, east, south in world pixels; infinite where there is no shape.
  function withBoxes(shapes) {
    const box = new Float64Array(shapes.rows * 4);
    for (let row = 0; row < shapes.rows; row++) {
      let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
      const end = shapes.partStart[shapes.rowStart[row + 1]];
      for (let i = shapes.partStart[shapes.rowStart[row]]; i < end; i++) {
        const x = shapes.x[i], y = shapes.y[i];
        if (x < west) west = x;
        if (x > east) east = x;
        if (y < north) north = y;
        if (y > south) south = y;
      }
      box.set([west, north, east, south], row * 4);
    }
    shapes.box = box;
    return shapes;
  }

  deadzones.worldX = (lon) => (lon / 360 + 0.5) * 256;
  deadzones.worldY = function (lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 256;
  };
  deadzones.latLng = (x, y) => L.CRS.EPSG3857.pointToLatLng(L.point(x, y), 0);

  deadzones.hasShape = (shapes, row) => shapes.box[row * 4] <= shapes.box[row * 4 + 2];
  deadzones.bounds = function (shapes, row) {
    const [west, north, east, south] = shapes.box.subarray(row * 4, row * 4 + 4);
    return L.latLngBounds(deadzones.latLng(west, south), deadzones.latLng(east, north));
  };
  deadzones.middle = (shapes, row) => deadzones.bounds(shapes, row).getCenter();

  // Latitudes and longitudes of the parts of a row, as L.polygon takes them.
  deadzones.latLngs = function (shapes, row) {
    const parts = [];
    for (let part = shapes.rowStart[row]; part < shapes.rowStart[row + 1]; part++) {
      const points = [];
      for (let i = shapes.partStart[part]; i < shapes.partStart[part + 1]; i++)
        points.push(deadzones.latLng(shapes.x[i], shapes.y[i]));
      parts.push(points);
    }
    return parts;
  };

  // The row whose polygon holds a point (even-odd rule), or -1. Later rows lie on top.
  deadzones.rowAt = function (shapes, x, y, accept) {
    const box = shapes.box;
    for (let row = shapes.rows - 1; row >= 0; row--) {
      const at = row * 4;
      if (x < box[at] || x > box[at + 2] || y < box[at + 1] || y > box[at + 3]) continue;
      if ((!accept || accept(row)) && holds(shapes, row, x, y)) return row;
    }
    return -1;
  };

  deadzones.isIn = (shapes, row, x, y) => holds(shapes, row, x, y);

  function holds(shapes, row, x, y) {
    let inside = false;
    for (let part = shapes.rowStart[row]; part < shapes.rowStart[row + 1]; part++) {
      const start = shapes.partStart[part], end = shapes.partStart[part + 1];
      for (let i = start, j = end - 1; i < end; j = i++) {
        const above = shapes.y[i] > y;
        if (above !== shapes.y[j] > y) {
          const cross = ((shapes.x[j] - shapes.x[i]) * (y - shapes.y[i])) / (shapes.y[j] - shapes.y[i]);
          if (x < cross + shapes.x[i]) inside = !inside;
        }
      }
    }
    return inside;
  }

  // The nearest row of points or lines within a reach (world pixels), or -1.
  deadzones.rowNear = function (shapes, x, y, reach, accept) {
    const box = shapes.box;
    let best = -1;
    let least = reach * reach;
    for (let row = 0; row < shapes.rows; row++) {
      const at = row * 4;
      if (x < box[at] - reach || x > box[at + 2] + reach) continue;
      if (y < box[at + 1] - reach || y > box[at + 3] + reach) continue;
      if (accept && !accept(row)) continue;
      const far = squaredDistance(shapes, row, x, y);
      if (far <= least) [best, least] = [row, far];
    }
    return best;
  };

  function squaredDistance(shapes, row, x, y) {
    let least = Infinity;
    for (let part = shapes.rowStart[row]; part < shapes.rowStart[row + 1]; part++) {
      const start = shapes.partStart[part], end = shapes.partStart[part + 1];
      for (let i = start; i < end; i++) {
        const j = i + 1 < end ? i + 1 : i;
        const dx = shapes.x[j] - shapes.x[i], dy = shapes.y[j] - shapes.y[i];
        const length = dx * dx + dy * dy;
        const along = length ? ((x - shapes.x[i]) * dx + (y - shapes.y[i]) * dy) / length : 0;
        const t = Math.max(0, Math.min(1, along));
        const ex = shapes.x[i] + t * dx - x, ey = shapes.y[i] + t * dy - y;
        least = Math.min(least, ex * ex + ey * ey);
      }
    }
    return least;
  }
})();
