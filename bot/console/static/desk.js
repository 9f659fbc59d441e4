"use strict";
// Queues and conversations look again by themselves when something happens; without this file, reload.
(() => {
  const live = document.getElementById("live");
  if (!live) return;
  const title = document.title;
  let shown = live.dataset.stamp; // of what the page shows
  let newest = shown;
  let unseen = null;
  let isLooking = false;

  // Parts in which somebody types or chooses stay as they are until they are left.
  const isBusy = (part) => part.contains(document.activeElement) && document.activeElement !== part;

  async function look() {
    if (isLooking) return;
    isLooking = true;
    let sought;
    do {
      sought = newest;
      await refresh();
    } while (newest !== sought && newest !== shown); // something happened while we looked
    isLooking = false;
  }

  async function refresh() {
    try {
      const answer = await fetch(live.dataset.page, { headers: { accept: "text/html" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of live.querySelectorAll("[data-part]")) {
        const fresh = page.getElementById(part.id);
        if (!fresh || isBusy(part) || fresh.innerHTML === part.dataset.was) continue;
        const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 80;
        part.dataset.was = fresh.innerHTML;
        part.replaceChildren(...fresh.childNodes);
        if (window.showTimes) window.showTimes(part);
        if (part.id === "thread" && atEnd) part.scrollTop = part.scrollHeight;
      }
      shown = page.getElementById("live").dataset.stamp;
      // the reply and the other forms go on from what is shown now
      const fresh = page.querySelector("#status input[name=version]") || page.querySelector("input[name=version]");
      if (fresh) for (const field of live.querySelectorAll("input[name=version]")) field.value = fresh.value;
      if (page.getElementById("reply") && !document.getElementById("reply")) location.assign(live.dataset.page);
    } catch {
      // the line is down: the next connection tells again what is newest
    }
  }

  function beep() {
    try {
      const sound = new AudioContext();
      const tone = sound.createOscillator();
      const volume = sound.createGain();
      volume.gain.value = 0.2;
      tone.frequency.value = 880;
      tone.connect(volume).connect(sound.destination);
      tone.start();
      tone.frequency.setValueAtTime(660, sound.currentTime + 0.25);
      tone.stop(sound.currentTime + 0.6);
    } catch {
      // no sound on this machine: the page says it too
    }
  }

  function alarm(count) {
    document.title = count ? `(${count}) ${live.dataset.alarm} · ${title}` : title;
    if (unseen !== null && count > unseen) beep();
    unseen = count;
  }

  if (live.dataset.live) {
    const source = new EventSource(live.dataset.live);
    source.addEventListener("state", (event) => {
      const state = JSON.parse(event.data);
      alarm(state.unseen);
      newest = state.stamp;
      if (newest !== shown) look();
    });
    setInterval(() => { if (!document.hidden) look(); }, 30000); // how long somebody waits
  }

  const canned = document.getElementById("canned-form");
  if (canned) canned.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("text");
    const chosen = canned.elements.canned.selectedOptions[0].dataset.text;
    field.value = field.value ? `${field.value.trimEnd()}\n${chosen}` : chosen;
    field.focus();
  });
  const thread = document.getElementById("thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
})();
