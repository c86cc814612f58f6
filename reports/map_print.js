// A print is one sheet of A4: what the panel says in as many columns as it needs, and beside them the part
// of the map that no panel covers. Letters are never smaller than can be read, so long lists end early.
// The canvases are not drawn anew: what is drawn while a browser prepares a print may stay off the paper.
(function (deadzones) {
  "use strict";
  const MM = 96 / 25.4; // CSS pixels
  const LONG = Math.floor(281 * MM), SHORT = Math.floor(194 * MM) - 2; // of A4 within margins of 8 mm
  const COLUMN = 300, GAP = 16; // pixels of text at its full size
  const SIZES = [1, 0.95, 0.9, 0.85, 0.8, 0.77, 0.74]; // at the smallest, 13 pixels are 7.2 points
  const LAST = [0.7, 0.6, 0.5]; // only where even three columns of the smallest do not hold all
  const EDGE = 16, ROOM = 60; // pixels of map kept free at the panel, and around what the page is about
  const LEAST_MAP_LETTERS = 0.85, MOST_LARGER = 1.8; // of their size on the screen
  const LEAST_MAP = 0.28; // of the width of the sheet

  deadzones.setUpPrint = function (page) {
    const root = document.documentElement;
    const [panel, body, card, sources] = ["dz-panel", "dz-body", "dz-card", "dz-sources"].map((id) => document.getElementById(id));
    const sheet = document.createElement("style");
    const place = document.createComment("card");
    let open = false;

    window.addEventListener("beforeprint", () => {
      const crop = cropped(page);
      card.before(place);
      if (!card.hidden) body.prepend(card); // what is open is what the print is about
      open = sources.open;
      sources.open = true;
      root.classList.add("dz-print");
      document.head.append(sheet);
      const { columns, size, across, down } = choose(crop, (text) => { sheet.textContent = text; });
      const left = textWidth(columns) * size + GAP;
      const scale = mapScale(across - left, down, crop);
      const larger = Math.min(MOST_LARGER, Math.max(1, LEAST_MAP_LETTERS / scale)); // what is text on the map need not shrink with it
      sheet.textContent = `@page { size: A4 ${across > down ? "landscape" : "portrait"}; margin: 8mm; }
        .dz-print, .dz-print body { height: auto; overflow: hidden; }
        .dz-print body { width: ${across}px; height: ${down}px; position: relative; }
        ${textRules(columns, down / size)}
        .dz-print #dz-panel { zoom: ${size}; }
        .dz-print .folium-map { position: absolute !important; width: ${window.innerWidth}px !important; height: ${window.innerHeight}px !important;
          left: ${left / scale - crop.left}px !important; top: ${-crop.top}px !important; zoom: ${scale};
          clip-path: inset(${crop.top}px ${crop.right}px ${crop.bottom}px ${crop.left}px); }
        .dz-print .leaflet-bottom.leaflet-right { right: ${crop.right}px; bottom: ${crop.bottom}px; }
        .dz-print .dz-lat { margin-left: ${-crop.right}px; }
        .dz-print .dz-lon { margin-top: ${-crop.bottom}px; }
        .dz-print .dz-archipelago span, .dz-print span.dz-archipelago { font-size: ${11.5 * larger}px; }
        .dz-print div.dz-archipelago > span { width: ${140 * larger}px; }
        .dz-print #dz-inset { zoom: ${Math.min(larger, 1.25)}; }
        .dz-print #dz-degrees span { font-size: ${11 * larger}px; }
        .dz-print #dz-band { left: ${left}px; width: ${crop.width * scale}px; }`;
    });

    window.addEventListener("afterprint", () => {
      sheet.remove();
      root.classList.remove("dz-print");
      place.replaceWith(card);
      sources.open = open;
    });

    // Letters and map as large as go together, the sheet lying or standing; smaller letters only where
    // nothing else holds all.
    function choose(crop, apply) {
      const sheets = [[LONG, SHORT], [SHORT, LONG]];
      const all = (sizes) => sizes.flatMap((size) => [1, 2, 3].flatMap((columns) => sheets.map(([across, down]) => ({ columns, size, across, down }))));
      const map = ({ columns, size, across }) => across - textWidth(columns) * size - GAP;
      const holds = ({ columns, size, down }) => {
        apply(textRules(columns, down / size));
        return panel.scrollWidth <= panel.clientWidth + GAP; // one column more would add all of its width
      };
      const worth = (way) => way.size * mapScale(map(way), way.down, crop);
      const best = (sizes) => all(sizes).filter((way) => map(way) >= LEAST_MAP * way.across).sort((a, b) => worth(b) - worth(a)).find(holds);
      return best(SIZES) ?? best(LAST) ?? { columns: 1, size: LAST.at(-1), across: LONG, down: SHORT };
    }
  };

  const mapScale = (width, height, crop) => Math.min(width / crop.width, height / crop.height);

  // Pixels at the sides of the map that the paper leaves out: what the panel covers, and empty sea around
  // what the page is about, where all of that is in view.
  function cropped(page) {
    const size = page.map.getSize();
    const { paddingTopLeft: [covered] } = deadzones.padding(page);
    const sides = { left: Math.max(0, covered - EDGE), top: 0, right: 0, bottom: 0 };
    const all = L.latLngBounds(page.settings.bounds);
    if (page.map.getBounds().contains(all)) {
      const [start, end] = [all.getNorthWest(), all.getSouthEast()].map((at) => page.map.latLngToContainerPoint(at));
      sides.left = Math.max(sides.left, start.x - ROOM);
      sides.top = Math.max(0, start.y - ROOM);
      sides.bottom = Math.max(0, size.y - end.y - ROOM);
      if (!page.settings.inset) sides.right = Math.max(0, size.x - end.x - ROOM);
    }
    return { ...sides, width: size.x - sides.left - sides.right, height: size.y - sides.top - sides.bottom };
  }

  const textWidth = (columns) => columns * COLUMN + (columns - 1) * GAP;
  const textRules = (columns, height) => `
    .dz-print #dz-panel { display: block; width: ${textWidth(columns)}px; height: ${Math.floor(height)}px; columns: ${columns}; column-gap: ${GAP}px; }`;
})(window.deadzones);
