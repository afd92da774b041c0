// SPDX-License-Identifier: MIT
// What readers do with the whole page: take a link along, bring a program, read tables. The larger
// parts are loaded when they are first wanted.

import { linkOf } from "./start.mjs";

const $ = (selector) => document.querySelector(selector);
const LONGEST_SENT = 200_000; // characters; browsers differ, chat programs cut much earlier

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

export function joinReader(machine, api, { flash, notice }) {
  const copyLink = async () => {
    const { theme, embed, parent, autoplay, controls, ...kept } = api.settings;
    const address = new URL(await linkOf(machine, kept), location.href.split(/[?#]/)[0]).href;
    if (address.length > LONGEST_SENT) return flash(`too much for a link: ${address.length >> 10} KiB`);
    try {
      await navigator.clipboard.writeText(address);
      flash("link copied");
    } catch { // no permission: where the reader can take it from
      if (window.parent !== window) {
        window.open(address, "_blank", "noopener");
        return flash("this frame may not copy: the link is open in another tab");
      }
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
    if (event.key.toLowerCase() === "l") copyLink();
    if (event.key.toLowerCase() === "t") toggleTables();
  });

  // --- own programs ---
  const choose = document.createElement("input");
  choose.type = "file";
  choose.addEventListener("change", () => choose.files[0] && runOwn(choose.files[0]));
  $("#choose-own").addEventListener("click", () => choose.click());
  const runOwn = async (file) => {
    const problems = [];
    try {
      const bytes = await file.arrayBuffer().catch(() => { throw new Error(`${file.name} cannot be read. A folder goes into a tar or cpio archive first; of a file at most 64 MiB fit.`); });
      await api.loadProgram(new Uint8Array(bytes), [file.name]);
      notice("");
      machine.run();
      flash(`runs ${file.name}`);
    } catch (error) {
      problems.push(error.message.replace("loadProgram: ", ""));
    }
    showProblems(problems, "Of that file:");
    choose.value = "";
  };
  // Wherever it falls: the browser would leave the page for it.
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files ?? [];
    if (files.length === 0) return;
    event.preventDefault();
    if (files.length === 1) runOwn(files[0]);
    else showProblems([`They are ${files.length}. Put them into one tar or cpio archive: its first program is run.`], "Of those files:");
  });
}
