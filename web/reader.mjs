// SPDX-License-Identifier: MIT
// What readers do with the whole page: take a link along, bring a program, read tables. The larger
// parts are loaded when they are first wanted.

import { linkOf } from "./start.mjs";

const $ = (selector) => document.querySelector(selector);
const LONGEST_LINK = 200_000; // characters; browsers differ, chat programs cut much earlier

/** Sentences about a link that asks for what there is not. */
export function showProblems(problems, about = "Of this page's link:") {
  const box = $("#problems");
  box.hidden = problems.length === 0;
  box.querySelector("p").textContent = about;
  box.querySelector("ul").replaceChildren(...problems.slice(0, 8).map((problem) => {
    const item = document.createElement("li");
    item.textContent = problem;
    return item;
  }));
  box.querySelector("button").onclick = () => { box.hidden = true; };
}

export function joinReader(machine, api, { flash, notice, stage }) {
  const copyLink = async () => {
    const { theme, embed, parent, autoplay, controls, ...kept } = api.settings;
    const address = new URL(await linkOf(machine, kept), location.href.split(/[?#]/)[0]).href;
    if (address.length > LONGEST_LINK) return flash(`too much for a link: ${address.length >> 10} KiB`);
    try {
      await navigator.clipboard.writeText(address);
      flash("link copied");
    } catch { // no permission: where the reader can take it from
      history.replaceState(null, "", address);
      flash("the link is in the address bar");
    }
    return address;
  };
  $("#copy-link").addEventListener("click", copyLink);

  let tables = null;
  const toggleTables = async () => {
    const { Tables } = await import("./tables.mjs");
    tables ??= new Tables($("#tables"), machine);
    tables.toggle();
  };
  for (const button of document.querySelectorAll("[data-tables]")) {
    button.addEventListener("click", () => {
      $("#help").close();
      toggleTables();
    });
  }
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("textarea, input, select, dialog");
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "l") copyLink();
    if (event.key === "t") toggleTables();
  });

  // --- own programs ---
  const choose = document.createElement("input");
  choose.type = "file";
  choose.addEventListener("change", () => choose.files[0] && runOwn(choose.files[0]));
  $("#choose-own").addEventListener("click", () => choose.click());
  const runOwn = async (file) => {
    const problems = [];
    try {
      await api.loadProgram(new Uint8Array(await file.arrayBuffer()), [file.name]);
      notice("");
      machine.run();
      flash(`runs ${file.name}`);
    } catch (error) {
      problems.push(error.message.replace("loadProgram: ", ""));
    }
    showProblems(problems, "Of that file:");
    choose.value = "";
  };
  stage.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  stage.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    runOwn(file);
  });
}
