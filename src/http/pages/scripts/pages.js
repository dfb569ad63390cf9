// What a script adds to pages that work without one: they refresh themselves, and a button does its
// work without the page being loaded again, so that place, search and message stay. The daemon makes
// all the HTML; this file takes the parts that have changed out of a freshly fetched page.
"use strict";

const status = document.body.classList.contains("status");
const find = document.querySelector(".find input");
const live = document.getElementById("live");
const busy = new Map(); // id of a row -> how many actions of it are under way
let timer = 0;
let failures = 0;

// Long lists cost more, so they are fetched less often. In milliseconds.
function period() {
  const rows = document.querySelectorAll("#rows tr").length;
  return Math.max(2000, rows * 10) * Math.min(1 + failures, 10);
}

function say(text, bad) {
  const line = document.createElement("p");
  line.className = bad ? "status_msg bad" : "status_msg";
  line.textContent = text;
  document.getElementById("message").replaceChildren(line);
}

// --- putting a fetched page in the place of the old one

function take(id, fresh) {
  const old = document.getElementById(id);
  const next = fresh.getElementById(id);
  if (old && next && old.innerHTML !== next.innerHTML) old.replaceChildren(...next.childNodes);
}

// Cell by cell, so that a button keeps the focus while the uptime beside it changes.
function takeRow(old, next) {
  old.dataset.find = next.dataset.find || "";
  for (let i = 0; i < next.cells.length; ++i) {
    const cell = old.cells[i];
    if (cell.innerHTML === next.cells[i].innerHTML) continue;
    if (busy.has(old.id) && cell.classList.contains("actions")) continue;
    const focused = cell.contains(document.activeElement);
    cell.innerHTML = next.cells[i].innerHTML;
    if (focused) cell.querySelector("button, a")?.focus({ preventScroll: true });
  }
}

function takeRows(fresh) {
  const rows = document.getElementById("rows");
  const next = fresh.getElementById("rows");
  if (!rows || !next) { // the first program came, or the last one went
    document.querySelector("main").replaceChildren(...fresh.querySelector("main").childNodes);
    return;
  }
  const old = new Map([...rows.rows].map((row) => [row.id, row]));
  let place = rows.firstElementChild;
  for (const row of [...next.rows]) {
    const known = old.get(row.id);
    old.delete(row.id);
    if (known) takeRow(known, row);
    if (known && known === place) {
      place = place.nextElementSibling;
    } else {
      rows.insertBefore(known || row, place);
    }
  }
  for (const row of old.values()) row.remove();
}

function takeLog(fresh) {
  const log = document.getElementById("log");
  const next = fresh.getElementById("log");
  if (!next || log.textContent === next.textContent) return;
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 24;
  log.textContent = next.textContent;
  log.className = next.className;
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function takePage(fresh) {
  if (!status) return takeLog(fresh);
  take("summary", fresh);
  take("daemon", fresh);
  takeRows(fresh);
  applyFilter();
}

// --- searching

function applyFilter() {
  if (!status) return;
  const wanted = find.value.trim().toLowerCase();
  let group = null;
  for (const row of document.querySelectorAll("#rows tr")) {
    if (row.classList.contains("group")) {
      group = row;
      group.hidden = true;
      continue;
    }
    if (!row.classList.contains("member")) group = null;
    row.hidden = !row.dataset.find.toLowerCase().includes(wanted);
    if (group && !row.hidden) group.hidden = false;
  }
  for (const chip of document.querySelectorAll("#summary a")) {
    const chosen = chip.dataset.filter === wanted;
    if (chosen) chip.setAttribute("aria-current", "true");
    else chip.removeAttribute("aria-current");
  }
}

function search(text) {
  find.value = text;
  document.querySelector("#actions [name=q]").value = text.trim();
  history.replaceState(null, "", text.trim() ? "?q=" + encodeURIComponent(text.trim()) : location.pathname);
  applyFilter();
}

// --- talking to the daemon

async function load(url, options) {
  const answer = await fetch(url, { cache: "no-store", signal: AbortSignal.timeout(600000), ...options });
  return { answer, page: new DOMParser().parseFromString(await answer.text(), "text/html") };
}

async function refresh() {
  try {
    // All programs, whatever is being searched for.
    const url = status ? location.pathname : location.href;
    const { answer, page } = await load(url, { signal: AbortSignal.timeout(15000) });
    if (!answer.ok) throw new Error(answer.statusText);
    takePage(page);
    failures = 0;
    live.textContent = "live";
  } catch {
    failures += 1;
    live.textContent = "no answer";
  }
  live.classList.toggle("lost", failures > 0);
}

function later() {
  clearTimeout(timer);
  if (document.hidden) return;
  timer = setTimeout(() => refresh().finally(later), period());
}

function count(id, change) {
  const number = (busy.get(id) || 0) + change;
  if (number > 0) busy.set(id, number);
  else busy.delete(id);
  document.getElementById(id)?.toggleAttribute("aria-busy", number > 0);
}

async function act(form, button) {
  const row = button.closest("tr");
  const body = new URLSearchParams(new FormData(form));
  button.disabled = true;
  if (row) count(row.id, 1);
  try {
    const { answer, page } = await load(button.formAction, { method: "POST", body });
    if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
    if (row) count(row.id, -1);
    document.getElementById("message").replaceChildren(...page.getElementById("message").childNodes);
    await refresh();
  } catch (error) {
    if (row) count(row.id, -1);
    say(`ERROR: the daemon did not do it: ${error.message}`, true);
  }
  button.disabled = false;
}

// --- the beginning

if (status) {
  if (location.search.includes("message=")) search(find.value); // a reload must not tell it again
  find.addEventListener("input", () => search(find.value));
  find.form.querySelector("button").hidden = true;
  find.form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("#summary a");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    search(chip.dataset.filter);
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "actions" || !button) return;
    event.preventDefault();
    if (!button.dataset.confirm || confirm(button.dataset.confirm)) act(event.target, button);
  });
  applyFilter();
}
if (live) {
  live.hidden = false;
  live.textContent = "live";
  const log = document.getElementById("log");
  if (log) log.scrollTop = log.scrollHeight;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) refresh().finally(later);
  });
  if (status && find.value) refresh().finally(later); // the daemon sent only what was searched for
  else later();
}
