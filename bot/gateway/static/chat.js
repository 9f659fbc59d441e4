"use strict";
// Messages wait in localStorage until the server has them; each has an id, so that sending twice stores once.
const log = document.getElementById("log");
const form = document.getElementById("form");
const field = document.getElementById("text");
const offline = document.getElementById("offline");
const KEY = "salama.waiting";
const shown = new Map(); // our own messages on the page, by the id we gave them
let newest = 0;
let sending = false;

const waiting = () => JSON.parse(localStorage.getItem(KEY) || "[]");
const keep = (list) => localStorage.setItem(KEY, JSON.stringify(list));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function show(text, mine) {
  const item = document.createElement("p");
  item.className = mine ? "message mine" : "message";
  if (mine) {
    const who = document.createElement("span");
    who.className = "seen-only";
    who.textContent = document.body.dataset.you + ": ";
    item.append(who);
  }
  item.append(text);
  log.append(item);
  log.scrollTop = log.scrollHeight;
  return item;
}

function offer(message) {
  for (const old of log.querySelectorAll(".choices")) old.remove();
  if (!message.choices.length) return;
  const list = document.createElement("ul");
  list.className = "choices";
  message.choices.forEach((title, index) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${index + 1} ${title}`;
    button.addEventListener("click", () => say(title, [message.id, index]));
    item.append(button);
    list.append(item);
  });
  log.append(list);
  log.scrollTop = log.scrollHeight;
}

function mark(id, item, isWaiting) {
  item.classList.toggle("waiting", isWaiting);
  item.title = isWaiting ? document.body.dataset.waiting : "";
  shown.set(id, item);
}

function say(text, choice) {
  // randomUUID needs https; people on a local network do not have it
  const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, "0")).join("");
  keep([...waiting(), choice ? { id, text, choice } : { id, text }]);
  mark(id, show(text, true), true);
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  for (let failures = 0; waiting().length; ) {
    const [first] = waiting();
    try {
      const answer = await fetch("/chat/messages", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(first),
      });
      if (answer.status >= 500) throw new Error(answer.status);
      keep(waiting().filter((one) => one.id !== first.id));
      const item = shown.get(first.id);
      if (item) mark(first.id, item, false);
      failures = 0;
      offline.hidden = true;
    } catch {
      offline.hidden = false;
      failures += 1;
      await pause(Math.min(30000, 1000 * 2 ** failures));
    }
  }
  sending = false;
}

async function receive() {
  for (let failures = 0; ; ) {
    try {
      const answer = await fetch(`/chat/messages?after=${newest}&wait=1`);
      if (!answer.ok) throw new Error(answer.status);
      for (const message of (await answer.json()).messages) {
        newest = message.id;
        if (!message.mine) {
          show(message.text, false);
          offer(message);
        } else if (!shown.has(message.client_id)) {
          mark(message.client_id, show(message.text, true), false);
        }
      }
      failures = 0;
      if (!waiting().length) offline.hidden = true;
    } catch {
      offline.hidden = false;
      failures += 1;
      await pause(Math.min(30000, 1000 * 2 ** failures));
    }
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = field.value.trim();
  if (text) say(text);
  field.value = "";
  field.focus();
});
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
window.addEventListener("online", send);
for (const one of waiting()) mark(one.id, show(one.text, true), true);
send();
receive();
