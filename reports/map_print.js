// A print is one sheet of A4 with what the screen shows, as large as fits; on a narrow screen the panel
// stands beside the map. The canvases are not drawn anew: what is drawn while a browser prepares a
// print may stay off the paper.
(function (deadzones) {
  "use strict";
  const LONG = 281, SHORT = 194; // mm of A4 within margins of 8 mm
  const PIXELS = 96 / 25.4; // CSS pixels in a millimetre
  const NARROW = 720, PANEL = 330, GAP = 14, EDGES = 26;

  deadzones.setUpPrint = function () {
    const root = document.documentElement;
    const sources = document.getElementById("dz-sources");
    const sheet = document.createElement("style");
    let open = false;
    window.addEventListener("beforeprint", () => {
      const { innerWidth: map, innerHeight: height } = window;
      const beside = map <= NARROW;
      const width = beside ? map + GAP + PANEL : map;
      const lying = width >= height;
      const [across, down] = lying ? [LONG, SHORT] : [SHORT, LONG];
      const scale = Math.min((across * PIXELS) / width, (down * PIXELS) / height);
      const room = Math.floor((down * PIXELS) / scale) - 2; // a sheet has more of it than a screen
      const panel = beside ? `left: ${map + GAP}px; top: 0; width: ${PANEL}px;` : "";
      sheet.textContent = `@page { size: A4 ${lying ? "landscape" : "portrait"}; margin: 8mm; }
        .dz-print, .dz-print body { height: auto; overflow: hidden; }
        .dz-print body { zoom: ${scale}; width: ${width}px; height: ${room}px; position: relative; }
        .dz-print .folium-map { width: ${map}px; height: ${height}px; }
        .dz-print #dz-panel { ${panel} max-height: none; }`;
      document.head.append(sheet);
      root.classList.add("dz-print");
      open = sources.open;
      sources.open = true;
      const tall = document.getElementById("dz-panel").offsetHeight;
      if (tall > room - EDGES) sheet.textContent += `.dz-print #dz-panel { zoom: ${(room - EDGES) / tall}; }`;
    });
    window.addEventListener("afterprint", () => {
      sheet.remove();
      root.classList.remove("dz-print");
      sources.open = open;
    });
  };
})(window.deadzones);
