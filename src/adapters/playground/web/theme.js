// Sets the chosen theme before the first paint; without a choice the system decides.
// A classic script on purpose: modules run too late to avoid a flash of the other theme.
try {
  const chosen = localStorage.getItem("roundtable.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; then the system's theme is used.
}
