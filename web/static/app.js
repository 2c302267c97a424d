// Small helps for pages that work without them.

const page = typeof document === "undefined" ? null : document;

function theme(event) {
  const button = event.target.closest("[data-theme-switch]");
  if (!button) return;
  event.preventDefault();
  const root = page.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const next = dark ? "light" : "dark";
  root.dataset.theme = next;
  page.cookie = `theme=${next};path=/;max-age=34560000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
}

// menus close when the pointer or the focus goes elsewhere.
function menus(event) {
  for (const menu of page.querySelectorAll("details.menu[open]")) {
    if (event.key === "Escape" && menu.contains(page.activeElement)) menu.querySelector("summary").focus();
    if (event.key === "Escape" || !menu.contains(event.target)) menu.open = false;
  }
}

if (page) {
  page.addEventListener("click", theme);
  page.addEventListener("click", menus);
  page.addEventListener("focusin", menus);
  page.addEventListener("keydown", (event) => event.key === "Escape" && menus(event));
}
