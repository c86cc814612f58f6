// Find a commune or a province by name or code, with or without accents.
(function (deadzones) {
  "use strict";
  const { el, fold } = deadzones;
  const LISTED = 60;

  deadzones.setUpFind = function (page) {
    const input = document.getElementById("dz-find");
    const box = document.getElementById("dz-results");
    const list = document.getElementById("dz-found");
    const count = document.getElementById("dz-found-count");
    const entries = index(page);
    let found = [];
    let active = -1;

    function update() {
      const all = deadzones.search(entries, input.value);
      found = all.slice(0, LISTED);
      const open = input.value.trim() !== "";
      box.hidden = !open;
      input.setAttribute("aria-expanded", open);
      list.replaceChildren(...found.map((entry, place) => option(entry, place)));
      const n = page.number(all.length);
      count.textContent = !all.length ? page.word("not_found")
        : all.length > LISTED ? page.word("found_first", { shown: LISTED, n }) : page.word("found", { n });
      mark(found.length ? 0 : -1);
    }
    function option(entry, place) {
      const old = deadzones.oldName(entry, fold(input.value));
      const where = [entry.kind === "province" ? page.word("province") : page.provinceName(entry.row), old && page.word("formerly", { name: old })]
        .filter(Boolean).join(" · ");
      return el("li", { role: "option", id: `dz-option-${place}`, onclick: () => choose(place), onmousedown: (event) => event.preventDefault() },
        el("span", {}, entry.name), el("small", {}, where), el("code", {}, entry.code));
    }
    function mark(place) {
      active = place;
      [...list.children].forEach((node, at) => node.setAttribute("aria-selected", at === place));
      if (place < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", `dz-option-${place}`);
      list.children[place].scrollIntoView({ block: "nearest" });
    }
    function choose(place) {
      const entry = found[place];
      if (!entry) return;
      close();
      document.body.classList.remove("dz-open");
      const open = entry.kind === "province" ? deadzones.openProvince : deadzones.openCommune;
      open(page, entry.row, { fly: true });
    }
    function close() {
      input.value = "";
      box.hidden = true;
      input.setAttribute("aria-expanded", false);
      mark(-1);
    }

    input.addEventListener("input", update);
    input.addEventListener("focus", () => input.value && update());
    input.addEventListener("blur", () => { box.hidden = true; });
    input.addEventListener("keydown", (event) => {
      const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (move && found.length) {
        event.preventDefault();
        mark((active + move + found.length) % found.length);
      } else if (event.key === "Enter") choose(active);
      else if (event.key === "Escape") close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
        event.preventDefault();
        input.focus();
      }
    });
    page.on("language", () => { if (!box.hidden) update(); });
  };

  function index(page) {
    const { communes, provinces } = page;
    // An apostrophe may be left out or typed as a space: "blao" and "b lao" both find B'Lao.
    const make = (kind, row, name, code, where, old = "") => {
      // What stands in brackets tells which part of the old commune it was.
      const former = (old ?? "").replace(/\([^)]*\)/g, "").split(/[,;]/).map((one) => one.trim()).filter(Boolean).map((one) => ({ name: one, words: `${fold(one)} ${fold(where)}`.split(" ") }));
      const keys = [...new Set([fold(name), fold(name.replace(/['’`ʼ]/g, " "))])];
      const full = keys.map((key) => `${key} ${fold(where)}`);
      const written = plain(`${name} ${where}`);
      return { kind, row, name, written, code, keys, full, former, words: `${full.join(" ")} ${code}`.split(" ").filter(Boolean) };
    };
    return [
      ...provinces.columns.name.map((name, row) => make("province", row, name ?? provinces.columns.code[row], provinces.columns.code[row], "")),
      ...communes.columns.code.map((code, row) => make("commune", row, page.communeName(row), code, page.provinceName(row), communes.columns.old?.[row])),
    ];
  }

  const plain = (text) => text.trim().toLowerCase().normalize("NFC");
  const begins = (words, parts) => parts.every((part) => words.some((word) => word.startsWith(part)));

  // The name before a merger by which alone an entry is found; null where its own name does it.
  deadzones.oldName = function (entry, wanted) {
    const parts = wanted.split(" ");
    if (begins(entry.words, parts)) return null;
    return entry.former.find(({ words }) => begins(words, parts))?.name ?? null;
  };

  // Every word of the query must begin a word of the entry; the closer the name, the earlier. Of names
  // that differ by accents alone, Tân Thành and Tân Thạnh, the one that is typed with them comes first.
  deadzones.search = function (entries, query) {
    const wanted = fold(query);
    if (!wanted) return [];
    const parts = wanted.split(" ");
    const typed = plain(query);
    const found = [];
    entries.forEach((entry, order) => {
      if (begins(entry.words, parts)) found.push({ entry, near: nearness(entry, wanted) - (entry.written.startsWith(typed) ? 0.5 : 0), order });
      else if (deadzones.oldName(entry, wanted)) found.push({ entry, near: 4, order });
    });
    found.sort((a, b) => a.near - b.near || a.order - b.order);
    return found.map(({ entry }) => entry);
  };

  const KIND = /^(xa|phuong|dac khu|thi tran|tinh|thanh pho|tp) /; // what stands before a name

  function nearness({ code, keys, full }, wanted) {
    const same = (text) => text === wanted || text.replace(KIND, "") === wanted;
    if (code === wanted || keys.some(same) || full.some(same)) return 0;
    if (full.some((text) => text.startsWith(wanted))) return 1;
    return full.some((text) => text.includes(` ${wanted}`)) ? 2 : 3;
  }
})(window.deadzones);
