// Sorts and searches the inspector's tables. Without this script they are plain tables.
"use strict";
function key(row, column) {
  const cell = row.cells[column];
  const value = cell.dataset.value;
  if (value === undefined) return cell.textContent.trim();
  return value === "" ? -Infinity : Number(value);
}

function sort(table, column, heading) {
  const rising = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [key(row, column), row]);
  const order = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b, document.documentElement.lang, { numeric: true });
  rows.sort(([a], [b]) => rising ? order(a, b) : order(b, a));
  body.append(...rows.map(([, row]) => row));
}

for (const table of document.querySelectorAll("table[data-sort]")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.className = "sort";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(table, column, heading));
    heading.append(button);
  });
  if (table.tBodies[0].rows.length < 6) continue;
  const search = document.createElement("input");
  search.type = "search";
  search.className = "search";
  search.placeholder = table.dataset.sort;
  search.setAttribute("aria-label", table.dataset.sort);
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLocaleLowerCase();
    for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
  });
  table.parentElement.before(search);
}
