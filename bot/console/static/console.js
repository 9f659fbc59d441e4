"use strict";
// The console works without this file; what is here only makes it more comfortable.

// Times are written in UTC: show the reader's own.
const language = document.documentElement.lang;
function showTimes(part) {
  for (const time of part.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    time.title = time.textContent;
    time.textContent = at.toLocaleString(language === "en" ? "en-GB" : language, {
      day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit",
    });
  }
}
showTimes(document);

// What is to be copied is selected by one click.
for (const input of document.querySelectorAll("input[data-select]")) {
  input.addEventListener("focus", () => input.select());
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Something is under way: what the page says of it is kept fresh, and at its end the page is loaded again.
for (const shown of document.querySelectorAll("[data-poll-ms]")) {
  const timer = setInterval(async () => {
    let page;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // the line is slow or gone: the next look may find it
    }
    const fresh = page.getElementById(shown.id);
    if (fresh) {
      shown.replaceChildren(...fresh.childNodes);
    } else {
      clearInterval(timer);
      location.replace(location.pathname);
    }
  }, Number(shown.dataset.pollMs));
}
