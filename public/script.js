// Makes what already works a little nicer. Every page works without it.

// After a refused form, the list of what to put right is read first.
document.getElementById("error-summary")?.focus();

// A link in that list goes to the field itself, ready to type.
for (const link of document.querySelectorAll(".error-summary a[href^='#']")) {
  link.addEventListener("click", (event) => {
    const field = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!field) return;
    event.preventDefault();
    const label = field.closest("fieldset")?.querySelector("legend") ?? field.labels?.[0] ?? field;
    label.scrollIntoView();
    field.focus({ preventScroll: true });
  });
}

// A second press of a button does nothing. The server would also do it only once; this spares the worry.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// Coming back with the browser's own button shows the page as it was left, so the form may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent;
});

// Printing needs script, so its button is shown only here.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// What can be opened is open on paper, and as it was again afterwards.
const closed = new Set();
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) {
    closed.add(part);
    part.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const part of closed) part.open = false;
  closed.clear();
});
