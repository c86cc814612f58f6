// Find a commune or a province by name or code, with or without accents and spaces, by its name before
// a merger, or by what people call it.
(function (deadzones) {
  "use strict";
  const { el, fold } = deadzones;
  const LISTED = 60; // at first, and as many again each time that more are asked for

  deadzones.setUpFind = function (page) {
    const input = document.getElementById("dz-find");
    const box = document.getElementById("dz-results");
    const list = document.getElementById("dz-found");
    const count = document.getElementById("dz-found-count");
    const more = document.getElementById("dz-found-more");
    let entries = null; // made when first needed, or when the browser has nothing else to do
    const all = () => (entries ??= index(page));
    (window.requestIdleCallback ?? setTimeout)(all);
    let found = [];
    let shown = 0;
    let active = -1;

    function update() {
      found = deadzones.search(all(), input.value);
      const open = input.value.trim() !== "";
      box.hidden = !open;
      input.setAttribute("aria-expanded", open);
      list.replaceChildren();
      shown = 0;
      extend();
      mark(found.length ? 0 : -1);
    }
    function extend() {
      list.append(...found.slice(shown, shown + LISTED).map((entry, place) => option(entry, shown + place)));
      shown = Math.min(found.length, shown + LISTED);
      const n = page.number(found.length);
      count.textContent = !found.length ? page.word("not_found")
        : found.length > shown ? page.word("found_first", { shown: page.number(shown), n }) : page.word("found", { n });
      more.hidden = shown >= found.length;
    }
    function option(entry, place) {
      const wanted = fold(input.value);
      const old = deadzones.oldName(entry, wanted);
      const from = old ? null : formerProvince(entry, wanted);
      const where = [
        entry.kind === "province" ? page.word("province") : page.provinceName(entry.row),
        old && page.word("formerly", { name: old }),
        from && page.word("once_in", { name: from }),
      ].filter(Boolean).join(" · ");
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
    // From the last one that is shown, the arrow leads on to those that are not.
    function move(by) {
      if (by > 0 && active === shown - 1 && shown < found.length) extend();
      mark((active + by + shown) % shown);
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
    input.addEventListener("focus", () => input.value && box.hidden && update());
    box.parentElement.addEventListener("focusout", (event) => {
      if (!box.parentElement.contains(event.relatedTarget)) box.hidden = true;
    });
    more.addEventListener("mousedown", (event) => event.preventDefault());
    more.addEventListener("click", () => {
      const first = shown;
      extend();
      mark(first);
      input.focus();
    });
    input.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (by && found.length) {
        event.preventDefault();
        move(by);
      } else if (event.key === "Enter") choose(active);
      else if (event.key === "Escape") close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) {
        event.preventDefault();
        input.focus();
      }
    });
    page.on("language", () => {
      more.textContent = page.word("found_more");
      if (!box.hidden) update();
    });
  };

  // ---- index --------------------------------------------------------------------------------

  const KIND = /^(xa|phuong|dac khu|thi tran|tinh|thanh pho|tp) /; // what stands before a name
  const joined = (text) => text.replace(/ /g, "");
  const words = (texts) => texts.join(" ").split(" ").filter(Boolean);

  function index(page) {
    const { communes, provinces } = page;
    const { former, short } = page.settings.aliases;
    // Former provinces by the one that they are part of, and of one commune.
    const partsOf = (code) => former.filter(([, now]) => now === code).map(([name]) => named(name));
    const origin = (code, province) => former.find(([, now, first, last]) => now === province && first <= code && code <= last)?.[0];
    const provinceEntry = (name, row) => {
      const code = provinces.columns.code[row];
      const entry = make("province", row, name ?? code, code, "", short[code] ?? []);
      return { ...entry, former: partsOf(code), places: [] };
    };
    const communeEntry = (code, row) => {
      const province = provinces.columns.code[communes.columns.province[row]];
      const entry = make("commune", row, page.communeName(row), code, page.provinceName(row), [], short[province] ?? []);
      const from = origin(code, province);
      const fromWords = from ? fold(from).split(" ") : [];
      // What stands in brackets tells which part of the old commune it was.
      const old = (communes.columns.old?.[row] ?? "").replace(/\([^)]*\)/g, "").split(/[,;]/).map((one) => one.trim()).filter(Boolean);
      return { ...entry, from: from ?? null, former: old.map(named), places: [...entry.places, ...fromWords], fromWords };
    };
    return [...provinces.columns.name.map(provinceEntry), ...communes.columns.code.map(communeEntry)];
  }

  function named(name) {
    const folded = fold(name);
    return { name, joined: joined(folded.replace(KIND, "")), words: folded.split(" ") };
  }

  // An apostrophe may be left out or typed as a space: "blao" and "b lao" both find B'Lao.
  function make(kind, row, name, code, where, names, wheres = []) {
    const keys = [...new Set([name, name.replace(/['’`ʼ]/g, " "), ...names].map(fold))];
    const provinces = [where, ...wheres].map(fold);
    const places = words([...provinces, ...provinces.map(joined)]);
    const full = keys.map((key) => `${key} ${provinces[0]}`.trim());
    return {
      kind, row, name, code, keys, full, places,
      written: plain(`${name} ${where}`),
      bare: String(Number(code)),
      joined: [...keys, ...full].flatMap((key) => [joined(key), joined(key.replace(KIND, ""))]),
      words: [...words([...full, code]), ...places],
    };
  }

  // ---- search -------------------------------------------------------------------------------

  const plain = (text) => text.trim().toLowerCase().normalize("NFC");
  const begins = (entryWords, parts) => parts.every((part) => entryWords.some((word) => word.startsWith(part)));

  // The name before a merger by which alone an entry is found; null where its own name does it.
  deadzones.oldName = function (entry, wanted) {
    const parts = wanted.split(" ");
    return byOwn(entry, wanted, parts) ? null : byFormer(entry, wanted, parts)?.name ?? null;
  };
  // Beside the name there may stand where it is; where it is alone is not the name.
  const byFormer = (entry, wanted, parts) => entry.former.find((one) => isJoined([one.joined], wanted)
    || (begins([...one.words, ...entry.places], parts) && parts.some((part) => begins(one.words, [part]))));

  const isFormer = ({ former }, wanted) => former.some((one) => one.joined === joined(wanted));

  // The former province by which a commune is found, alone or beside its name.
  function formerProvince(entry, wanted) {
    if (!entry.from || byOwn(entry, wanted, wanted.split(" "))) return null;
    return byOrigin(entry, wanted) ? entry.from : null;
  }
  const byOrigin = (entry, wanted) => Boolean(entry.from)
    && (begins([...entry.words, ...entry.fromWords], wanted.split(" ")) || joined(fold(entry.from)) === wanted);
  const byOwn = (entry, wanted, parts) => begins(entry.words, parts) || isJoined(entry.joined, wanted) || byCode(entry, wanted);
  const LEAST_JOINED = 4; // letters; fewer would find half of all names
  const isJoined = (names, wanted) => !wanted.includes(" ") && wanted.length >= LEAST_JOINED && names.some((name) => name.startsWith(wanted));
  const byCode = ({ bare }, wanted) => /^[1-9]\d*$/.test(wanted) && bare.startsWith(wanted);

  // Every word of the query must begin a word of the entry; the closer the name, the earlier. Of names
  // that differ by accents alone, Tân Thành and Tân Thạnh, the one that is typed with them comes first.
  deadzones.search = function (entries, query) {
    const wanted = fold(query);
    if (!wanted) return [];
    const parts = wanted.split(" ");
    const typed = plain(query);
    const found = [];
    entries.forEach((entry, order) => {
      if (byOwn(entry, wanted, parts)) found.push({ entry, near: nearness(entry, wanted) - (entry.written.startsWith(typed) ? 0.5 : 0), order });
      else if (byFormer(entry, wanted, parts)) found.push({ entry, near: entry.kind === "province" && isFormer(entry, wanted) ? 0.5 : 4, order });
      else if (byOrigin(entry, wanted)) found.push({ entry, near: 5, order });
    });
    found.sort((a, b) => a.near - b.near || a.order - b.order);
    return found.map(({ entry }) => entry);
  };

  function nearness({ code, bare, keys, full, joined: together }, wanted) {
    const same = (text) => text === wanted || text.replace(KIND, "") === wanted;
    if (code === wanted || bare === wanted || keys.some(same) || full.some(same)) return 0;
    if (full.some((text) => text.startsWith(wanted))) return 1;
    if (together.includes(wanted)) return 1;
    return full.some((text) => text.includes(` ${wanted}`)) ? 2 : 3;
  }
})(window.deadzones);
