const maps = document.querySelectorAll(".map");
const buttons = document.querySelectorAll("[data-map]");
for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const map of maps) map.hidden = map.id !== `map-${button.dataset.map}`;
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
  });
}
const find = document.getElementById("find");
find?.addEventListener("input", () => {
  for (const block of document.querySelectorAll(".case")) block.hidden = !block.dataset.name.includes(find.value.trim());
});
const target = location.hash && document.querySelector(location.hash);
if (target?.tagName === "DETAILS") target.open = true;
