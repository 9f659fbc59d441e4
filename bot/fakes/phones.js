"use strict";
const shown = {};

function post(phone, body) {
  return fetch(`/type/${phone}`, { method: "POST", body: JSON.stringify(body) }).then(refresh);
}

function draw(phone, bubbles) {
  if (shown[phone] === bubbles.length) return;
  shown[phone] = bubbles.length;
  const screen = document.querySelector(`[data-phone=${phone}] .screen`);
  screen.replaceChildren(...bubbles.flatMap((bubble, number) => {
    const text = document.createElement("p");
    text.textContent = bubble.text;
    if (bubble.mine) text.className = "mine";
    return [text, ...bubble.buttons.map((title, press) => {
      const button = document.createElement("button");
      button.textContent = title;
      button.onclick = () => post(phone, { bubble: number, press });
      return button;
    })];
  }));
  screen.scrollTop = screen.scrollHeight;
}

async function refresh() {
  const screens = await (await fetch("/screens")).json();
  for (const [phone, bubbles] of Object.entries(screens)) draw(phone, bubbles);
}

for (const section of document.querySelectorAll("section")) {
  section.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    const input = section.querySelector("input");
    if (input.value.trim()) post(section.dataset.phone, { text: input.value });
    input.value = "";
  };
}
setInterval(refresh, 500);
refresh();
