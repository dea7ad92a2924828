"use strict";
// The pages work without this file: it adds the search and opens what is folded, for printing
// and for links that point into it. Text goes in as text, never as HTML.
(() => {
  const MOST = 200;
  const at = (id) => document.getElementById(id);

  const unfold = () => {
    const target = location.hash && at(decodeURIComponent(location.hash.slice(1)));
    const folded = target && target.closest("details");
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  };
  addEventListener("hashchange", unfold);
  addEventListener("beforeprint", () => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
  });
  unfold();

  const all = window.moneytrailCandidates;
  const form = at("search");
  if (!all || !form) return;
  const root = document.body.dataset.root;
  const texts = all.map((row) => row.flat().join(" ").toLowerCase());

  const cell = (tag, label, text, kind) => {
    const made = document.createElement(tag);
    made.dataset.label = label;
    if (kind) made.className = kind;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const small = (text) => {
    const made = document.createElement("span");
    made.className = "sub";
    made.textContent = text;
    return made;
  };
  const line = ([id, period, rank, account, place, score, paidIn, paidOut, reasons]) => {
    const row = document.createElement("tr");
    const name = cell("th", "Account");
    const link = document.createElement("a");
    link.href = `${root}candidates/${id}.html`;
    link.textContent = account.length > 60 ? `${account.slice(0, 30)}…${account.slice(-29)}` : account;
    name.append(link, small(place));
    const why = cell("td", "Main reasons", undefined, "why");
    const list = document.createElement("ol");
    for (const sentence of reasons) list.append(Object.assign(document.createElement("li"), { textContent: sentence }));
    why.append(list);
    row.append(
      cell("td", "Period", period), cell("td", "No.", rank, "num rank"), name,
      cell("td", "Score", score, "score"), why,
      cell("td", "In", paidIn, "num"), cell("td", "Out", paidOut, "num"),
    );
    return row;
  };

  const search = () => {
    const period = at("search-period").value;
    const words = at("search-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const idle = !period && !words.length;
    at("lists").hidden = !idle;
    at("search-results").hidden = idle;
    at("search-count").textContent = "";
    if (idle) return;
    const found = all.filter((row, place) =>
      (!period || row[1] === period) && words.every((word) => texts[place].includes(word)));
    const shown = found.slice(0, MOST);
    at("search-results").querySelector("tbody").replaceChildren(...shown.map(line));
    at("search-count").textContent =
      found.length > MOST ? `${found.length} found, the first ${MOST} shown` : `${found.length} found`;
  };
  form.hidden = false;
  form.addEventListener("input", search);
  form.addEventListener("submit", (event) => event.preventDefault());
  search();
})();
