// A copy button on every code block; no search box on pages that are read from disk.
if (location.protocol === "file:") document.documentElement.classList.add("from-disk");
document.addEventListener("DOMContentLoaded", () => {
  for (const block of document.querySelectorAll("div.highlight")) {
    const button = document.createElement("button");
    button.className = "copy";
    button.textContent = "복사 · copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").innerText.trimEnd());
      button.textContent = "✓";
      setTimeout(() => { button.textContent = "복사 · copy"; }, 1200);
    });
    block.append(button);
  }
});
