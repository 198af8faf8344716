// "Ny person": on a shared device the next person begins with an empty page.

import { show } from "./parts.js";

// `unsent()` says whether something would be lost that its author may still want; `forget()` forgets everything.
export function offerNewPerson({ unsent, forget }) {
  const at = (id) => document.getElementById(id);
  const ask = (asking) => {
    show(at("new-person"), !asking);
    show(at("new-person-confirm"), asking);
    at(asking ? "new-person-no" : "new-person").focus();
  };
  const begin = () => {
    forget();
    location.reload();
  };
  at("new-person").addEventListener("click", () => (unsent() ? ask(true) : begin()));
  at("new-person-yes").addEventListener("click", begin);
  at("new-person-no").addEventListener("click", () => ask(false));
}
