// SPDX-License-Identifier: MIT
// Where the files of the page are: the document names them with the hash of their content
// (scripts/make-site), so that what is kept of them is never stale.

export const address = (file) => document.querySelector(`link[href^="${file}"]`)?.href ?? file;
