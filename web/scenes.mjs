// SPDX-License-Identifier: MIT
// The scenes in the page: the menu by chapter, and the story of the one that plays - caption,
// question, beats. All words and the state come from the machine (machine.mjs: sceneList, scene …).

import { address } from "./address.mjs";

const $ = (root, selector) => root.querySelector(selector);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** What a reader looks for, in the order of the article. */
function byChapter(scenes) {
  const chapters = new Map();
  for (const scene of scenes) {
    if (!chapters.has(scene.chapter)) chapters.set(scene.chapter, { title: scene.chapterTitle, scenes: [] });
    chapters.get(scene.chapter).scenes.push(scene);
  }
  return chapters;
}

export class Scenes {
  #machine;
  #root; // of the story
  #menu; // the dialog
  #shown = ""; // what is in the DOM, to touch it only when it changes
  #chosen = new Map(); // what the reader guessed, from 1, by "cow:5"

  /** `changed(scene)`: another one plays, or none (null). */
  constructor(machine, { story, menu, changed = () => {} }) {
    this.#machine = machine;
    this.#root = story;
    this.#menu = menu;
    this.changed = changed;
    const acts = {
      next: () => this.go(1),
      back: () => this.go(-1),
      return: () => this.load(machine.scene().id, machine.scene().beat),
      leave: () => this.leave(),
      menu: () => this.showMenu(),
    };
    for (const button of document.querySelectorAll("[data-scene-act]")) {
      button.addEventListener("click", () => acts[button.dataset.sceneAct]());
    }
    // Where there is little room a note shows its first line until it is touched.
    const note = $(story, ".note");
    note.addEventListener("click", () => note.classList.toggle("open"));
    // Their titles are there from the start (scripts/make-site).
    for (const button of document.querySelectorAll("[data-scene]")) {
      button.addEventListener("click", () => this.load(button.dataset.scene));
    }
    let timer = 0;
    machine.on("change", () => { timer ||= setTimeout(() => { timer = 0; this.show(); }, machine.running ? 300 : 0); });
  }

  /** To a beat of a scene, from 1; false when there is none such. */
  load(id, beat = 1) {
    const same = this.#machine.scene()?.id === id;
    if (!this.#machine.loadScene(id, beat)) return false;
    this.show();
    if (!same) this.changed(this.#machine.scene());
    return true;
  }
  /** What readers have guessed. */
  forget() {
    this.#chosen.clear();
    $(this.#root, ".note").classList.remove("open");
    this.#shown = "";
  }
  /** A beat on or back, when there is one. */
  go(by) {
    const now = this.#machine.scene();
    if (!now) return;
    // Whoever has left the rails comes back to them first.
    const beat = now.atBeat ? now.beat + by : now.beat;
    if (beat >= 1 && beat <= now.beats) this.load(now.id, beat);
  }
  leave() {
    this.#machine.leaveScene();
    this.show();
    this.changed(null);
  }
  showMenu() {
    if (!this.#menu.querySelector(".card")) this.#fillMenu();
    if (!this.#menu.open) this.#menu.showModal();
    this.#showPictures();
    this.#menu.querySelector("h2").focus(); // the attribute autofocus would be refused in a frame
  }

  /** Brings the story up to date. */
  show() {
    const now = this.#machine.scene();
    const said = JSON.stringify(now);
    if (said === this.#shown) return;
    this.#shown = said;
    document.documentElement.classList.toggle("in-scene", now !== null);
    $(this.#root, ".free").hidden = now !== null;
    const scene = $(this.#root, ".scene");
    scene.hidden = now === null;
    if (!now) return;
    $(scene, ".chapter").textContent = `${now.chapter} · ${now.chapterTitle}`;
    $(scene, ".which").textContent = `${now.beat} / ${now.beats}`;
    $(scene, "h3").textContent = now.title;
    const caption = $(scene, ".caption");
    if (caption.textContent !== now.caption) caption.textContent = now.caption; // else it would be read out again
    this.#showQuestion($(scene, ".question"), now);
    this.#showAnswer($(scene, ".answer"), now);
    const note = $(scene, ".note");
    note.hidden = !now.note;
    if ($(note, "span").textContent !== now.note) note.classList.remove("open");
    $(note, "span").textContent = now.note;
    $(scene, ".rails").hidden = now.atBeat;
    $(scene, "[data-scene-act=return]").textContent = `back to beat ${now.beat}`;
    for (const button of document.querySelectorAll("[data-scene-act=back]")) button.disabled = now.beat === 1;
    for (const button of document.querySelectorAll("[data-scene-act=next]")) button.disabled = now.atBeat && now.beat === now.beats;
    this.#showBeats($(scene, ".beats"), now);
  }

  #showQuestion(box, now) {
    box.hidden = !now.question;
    if (!now.question) return;
    const key = `${now.id}:${now.beat}`;
    const chosen = this.#chosen.get(key);
    $(box, "legend").textContent = now.question.text;
    $(box, ".choices").replaceChildren(...now.question.choices.map((choice, index) => {
      const button = element("button", { type: "button", textContent: choice });
      button.setAttribute("aria-pressed", String(chosen === index + 1));
      button.addEventListener("click", () => {
        this.#chosen.set(key, index + 1);
        this.#showQuestion(box, now);
        $(this.#root, "[data-scene-act=next]").focus();
      });
      return button;
    }));
  }
  /** What the machine says to the question that an earlier beat asked. */
  #showAnswer(box, { id, answer }) {
    box.hidden = !answer;
    if (!answer) return;
    const chosen = this.#chosen.get(`${id}:${answer.beat}`);
    const verdict = chosen === undefined ? "So it is: " : chosen === answer.number ? "✓ You saw it coming: " : "Not as you guessed: ";
    box.replaceChildren(verdict, element("b", { textContent: answer.text }));
  }

  #showBeats(list, now) {
    list.replaceChildren(...Array.from({ length: now.beats }, (_, index) => {
      const beat = index + 1;
      const dot = element("button", { type: "button", className: beat < now.beat ? "seen" : "", title: `beat ${beat}` });
      dot.setAttribute("aria-label", `beat ${beat} of ${now.beats}`);
      if (beat === now.beat) dot.setAttribute("aria-current", "step");
      dot.addEventListener("click", () => this.load(now.id, beat));
      return element("li", {}, dot);
    }));
  }

  #fillMenu() {
    const parts = [...byChapter(this.#machine.sceneList())].map(([chapter, { title, scenes }]) =>
      element("section", {},
        element("h3", {}, element("span", { textContent: chapter }), title),
        element("div", { className: "cards" }, ...scenes.map((scene) => this.#card(scene)))));
    $(this.#menu, ".chapters").replaceChildren(...parts);
  }
  /** Drawn from the scenes' own runs when the page was built (scripts/scene-pictures); loaded when first looked at. */
  async #showPictures() {
    const pictures = await fetch(address("pictures.json")).then((response) => response.json(), () => ({}));
    for (const place of this.#menu.querySelectorAll(".card [data-picture]")) {
      const picture = pictures[place.dataset.picture];
      if (picture && !place.firstChild) place.innerHTML = `<svg viewBox="0 0 160 64">${picture}</svg>`;
    }
  }
  #card(scene) {
    const picture = element("i");
    picture.dataset.picture = scene.id;
    picture.setAttribute("aria-hidden", "true");
    const card = element("button", { type: "button", className: "card" }, picture,
      element("b", { textContent: scene.title }), element("span", { textContent: scene.summary }));
    card.addEventListener("click", () => {
      this.#menu.close();
      this.load(scene.id);
    });
    return card;
  }
}
