"use strict";
// While an editor types: counts characters, and shows problems and previews. Without it the "check" button does that.
(() => {
  const form = document.querySelector("form[data-check]");
  const checked = document.getElementById("checked");
  if (!form || !checked) return;

  const count = (label) => {
    const field = document.getElementById(label.dataset.for);
    const length = Array.from(field.value.replace(/\r/g, "").trim()).length;
    label.textContent = `${length} / ${label.dataset.most}`;
    label.classList.toggle("over", length > Number(label.dataset.most));
  };
  const counters = [...form.querySelectorAll(".count")];
  counters.forEach(count);

  let timer = 0;
  let asking = null;
  let isDirty = false;
  const check = async () => {
    if (asking) asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(form.dataset.check, { method: "POST", body: new FormData(form), signal: asking.signal });
      if (answer.ok) checked.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== "AbortError") console.warn(error);
    }
  };
  form.addEventListener("input", (event) => {
    isDirty = isDirty || event.target.id !== "preview_language";
    counters.filter((label) => label.dataset.for === event.target.id).forEach(count);
    clearTimeout(timer);
    timer = setTimeout(check, 600);
  });
  form.addEventListener("submit", () => { isDirty = false; });
  window.addEventListener("beforeunload", (event) => { if (isDirty) event.preventDefault(); });
})();
