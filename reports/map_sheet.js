// A Leaflet layer that is one canvas: it calls a painter for what is in view, and follows zooming.
(function (deadzones) {
  "use strict";
  const MARGIN = 0.15; // of the view, drawn around it so that small pans show no empty edge

  deadzones.Sheet = L.Layer.extend({
    initialize(paint, options) {
      this._paint = paint;
      L.setOptions(this, options);
    },
    onAdd() {
      this._canvas = L.DomUtil.create("canvas", "dz-sheet leaflet-zoom-animated");
      this._canvas.setAttribute("aria-hidden", "true");
      this.getPane().appendChild(this._canvas);
      this.redraw();
    },
    onRemove() {
      this._canvas.remove();
      this._canvas = null;
    },
    getEvents() {
      return { moveend: this.redraw, resize: this.redraw, zoom: this._follow, zoomanim: this._animate };
    },
    redraw() {
      if (!this._canvas) return this;
      const map = this._map;
      const size = map.getSize();
      const margin = size.multiplyBy(MARGIN)._round();
      const corner = map.containerPointToLayerPoint([-margin.x, -margin.y])._round();
      const origin = map.getPixelOrigin().add(corner);
      const ratio = window.devicePixelRatio || 1;
      const width = size.x + 2 * margin.x, height = size.y + 2 * margin.y;
      this._zoom = map.getZoom();
      this._corner = map.layerPointToLatLng(corner);
      this._canvas.width = Math.round(width * ratio);
      this._canvas.height = Math.round(height * ratio);
      this._canvas.style.width = `${width}px`;
      this._canvas.style.height = `${height}px`;
      L.DomUtil.setTransform(this._canvas, corner, 1);
      const pen = this._canvas.getContext("2d");
      pen.scale(ratio, ratio);
      const scale = map.options.crs.scale(this._zoom) / 256;
      this._paint(pen, { scale, x: origin.x, y: origin.y, width, height, ratio, zoom: this._zoom });
      return this;
    },
    _follow() {
      const map = this._map;
      const scale = map.getZoomScale(map.getZoom(), this._zoom);
      L.DomUtil.setTransform(this._canvas, map.latLngToLayerPoint(this._corner), scale);
    },
    _animate(event) {
      const scale = this._map.getZoomScale(event.zoom, this._zoom);
      const corner = this._map._latLngToNewLayerPoint(this._corner, event.zoom, event.center);
      L.DomUtil.setTransform(this._canvas, corner, scale);
    },
  });

  // Is any of the row in view, a few pixels around it included?
  deadzones.inView = function (shapes, row, view) {
    const at = row * 4, box = shapes.box, edge = 4;
    return (
      box[at] * view.scale - view.x <= view.width + edge &&
      box[at + 2] * view.scale - view.x >= -edge &&
      box[at + 1] * view.scale - view.y <= view.height + edge &&
      box[at + 3] * view.scale - view.y >= -edge
    );
  };

  // Add a row to a path. Points are rounded to half a pixel and repeats left out: both sides of a
  // shared border land on the same points, so nothing gapes between neighbours.
  deadzones.trace = function (path, shapes, row, view) {
    const { x, y } = shapes;
    for (let part = shapes.rowStart[row]; part < shapes.rowStart[row + 1]; part++) {
      const start = shapes.partStart[part], end = shapes.partStart[part + 1];
      let lastX = NaN, lastY = NaN;
      for (let i = start; i < end; i++) {
        const px = Math.round((x[i] * view.scale - view.x) * 2) / 2;
        const py = Math.round((y[i] * view.scale - view.y) * 2) / 2;
        if (px === lastX && py === lastY) continue;
        if (i === start) path.moveTo(px, py);
        else path.lineTo(px, py);
        lastX = px;
        lastY = py;
      }
    }
  };

  // A hatch for the services that are lacking: each has its own direction and colour.
  // It is pinned to the world, so that it does not swim when the map is moved. Without a ground, what
  // is below shows between the strokes; `apart` sets them so many times farther from each other.
  const STEP = 9;
  // Diagonals reach past the corners, so that the tiles join.
  const DIRECTIONS = [
    [[-1, STEP + 1, STEP + 1, -1], [-1, 1, 1, -1], [STEP - 1, STEP + 1, STEP + 1, STEP - 1]],
    [[-1, -1, STEP + 1, STEP + 1], [STEP - 1, -1, STEP + 1, 1], [-1, STEP - 1, 1, STEP + 1]],
    [[0, STEP / 2, STEP, STEP / 2]],
    [[STEP / 2, 0, STEP / 2, STEP]],
  ];
  deadzones.hatch = function (pen, strokes, ground, view, apart = 1) {
    const tile = document.createElement("canvas");
    const size = STEP * apart;
    tile.width = tile.height = Math.round(size * view.ratio);
    const ink = tile.getContext("2d");
    ink.scale(tile.width / STEP, tile.width / STEP);
    if (ground) {
      ink.fillStyle = ground;
      ink.fillRect(0, 0, STEP, STEP);
    }
    for (const { direction, color, width } of strokes) {
      ink.strokeStyle = color;
      ink.lineWidth = width / apart;
      ink.beginPath();
      for (const [x1, y1, x2, y2] of DIRECTIONS[direction % DIRECTIONS.length]) {
        ink.moveTo(x1, y1);
        ink.lineTo(x2, y2);
      }
      ink.stroke();
    }
    const pattern = pen.createPattern(tile, "repeat");
    const pin = new DOMMatrix([1, 0, 0, 1, -(view.x % size), -(view.y % size)]);
    pattern.setTransform(pin.scale(size / tile.width));
    return pattern;
  };
})(window.deadzones);
