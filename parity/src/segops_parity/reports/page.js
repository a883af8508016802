const heat = JSON.parse(document.getElementById("heat").textContent.replaceAll("&lt;", "<"));
const states = { g: "good", b: "bad", k: "known", f: "fault", n: "none" };
const maps = document.getElementById("maps");
const buttons = document.querySelectorAll("[data-map]");

function cell(tag, text, row) {
  const made = document.createElement(tag);
  made.textContent = text;
  row.append(made);
  return made;
}

function drawn(lane) {
  const map = document.createElement("div");
  map.className = "map scroll";
  map.id = `map-${lane}`;
  const table = document.createElement("table");
  table.className = "heat";
  const head = table.insertRow();
  cell("td", "", head);
  for (const family of heat.families) {
    const inner = document.createElement("span");
    inner.textContent = family;
    cell("th", "", head).append(inner);
  }
  heat.operations.forEach((operation, index) => {
    const row = table.insertRow();
    cell("th", operation, row);
    [...heat.lanes[lane][index]].forEach((letter, at) => {
      const made = cell("td", "", row);
      made.className = `h ${states[letter]}`;
      made.title = `${operation}/${heat.families[at]}: ${states[letter]}`;
    });
  });
  map.append(table);
  maps.append(map);
  return map;
}

function show(lane) {
  const wanted = document.getElementById(`map-${lane}`) ?? drawn(lane);
  for (const map of maps.children) map.hidden = map !== wanted;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.map === lane));
}

for (const button of buttons) button.addEventListener("click", () => show(button.dataset.map));
if (buttons.length > 0) show(buttons[0].dataset.map);

const find = document.getElementById("find");
find?.addEventListener("input", () => {
  for (const block of document.querySelectorAll(".case")) block.hidden = !block.dataset.name.includes(find.value.trim());
});

function unfold() {
  const target = location.hash && document.querySelector(location.hash);
  if (target?.tagName === "DETAILS") target.open = true;
}
addEventListener("hashchange", unfold);
unfold();
