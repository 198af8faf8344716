// The stream beside the comments. Nothing is fetched from its host before the resident has agreed to that, and the
// agreement lives in this tab alone. Behind closed doors there is no stream.

import { announce } from "./announcer.js";
import { mark, part, say, show } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

const HLS = "application/vnd.apple.mpegurl";

export class Player {
  constructor(id) {
    this.key = `livechat:${id}:stream`;
    this.section = document.getElementById("stream");
    this.screen = this.#part("screen");
    this.agreed = this.#recall(); // with which host
    this.trouble = "";
    this.pressed = false; // A page that is loaded anew makes no sound by itself.
    this.#part("show").addEventListener("click", () => this.#agree());
    this.#part("stop").addEventListener("click", () => this.#stop());
  }

  draw(state) {
    const { stream, closed } = meeting(state) ?? {};
    this.#announceReturn(Boolean(closed));
    this.stream = stream ?? { link: "", video: "", embed: "" };
    this.closed = Boolean(closed);
    show(this.section, Boolean(stream));
    this.#draw();
  }

  // Somebody else sits here now.
  forget() {
    this.#remember("");
  }

  get #address() {
    return this.stream.video || this.stream.embed;
  }

  get #plays() {
    return this.#address !== "" && !this.trouble && this.agreed === hostOf(this.#address);
  }

  #draw() {
    this.#drawScreen();
    mark(this.section, "data-plays", this.#plays ? "true" : null);
    show(this.#part("shut"), this.closed);
    say(this.#part("who"), this.#plays || !this.#address ? "" : whoInWords(this.stream, hostOf(this.#address)));
    say(this.#part("trouble"), this.trouble);
    this.#drawChoices();
  }

  #drawChoices() {
    const page = this.stream.link || this.#address;
    show(this.#part("choices"), page !== "");
    show(this.#part("show"), this.#address !== "" && !this.#plays);
    show(this.#part("stop"), this.#plays);
    mark(this.#part("open"), "href", /^https?:\/\//.test(page) ? page : null);
  }

  // What plays is touched only when it has to begin or end: to draw it anew would begin it anew.
  #drawScreen() {
    const wanted = this.#plays ? this.#address : "";
    show(this.screen, wanted !== "");
    if ((this.screen.dataset.address ?? "") === wanted) return;
    this.screen.replaceChildren(...(wanted ? [this.stream.video ? this.#newVideo() : newFrame(this.stream)] : []));
    this.screen.dataset.address = wanted;
  }

  #newVideo() {
    const video = document.createElement("video");
    Object.assign(video, { controls: true, playsInline: true, src: this.stream.video });
    video.setAttribute("aria-label", _("Sändningen från mötet"));
    if (this.pressed) video.play().catch(() => {}); // If the browser does not let it, its own button starts it.
    video.addEventListener("error", () => this.#failed(_("Bilden går inte att visa just nu. Försök igen, eller öppna sändningen i en egen flik.")));
    return video;
  }

  #agree() {
    if (isHls(this.stream.video) && !canPlayHls())
      return this.#failed(_("Din webbläsare kan inte visa sändningen här. Öppna den i en egen flik."));
    Object.assign(this, { trouble: "", pressed: true });
    this.#remember(hostOf(this.#address));
    this.#draw();
    this.#part("stop").focus();
    return undefined;
  }

  #stop() {
    this.#remember("");
    this.#draw();
    this.#part("show").focus();
  }

  #failed(words) {
    if (this.closed) return;
    this.trouble = words;
    this.#draw();
  }

  // That it closes is said with the notice.
  #announceReturn(closed) {
    if (this.closed && !closed && this.agreed) announce(_("Sändningen är tillbaka."));
  }

  #part(name) {
    return part(this.section, name);
  }

  #recall() {
    try {
      return sessionStorage.getItem(this.key) ?? "";
    } catch {
      return "";
    }
  }

  #remember(host) {
    this.agreed = host;
    try {
      if (host) sessionStorage.setItem(this.key, host);
      else sessionStorage.removeItem(this.key);
    } catch {
      // Then it is asked again when the page is loaded anew.
    }
  }
}

// An embedded page gets no more than it needs: no name of this site unless the meeting says so, no storage that stays
// where the browser can do without, no way up to this page.
function newFrame({ embed, referrer }) {
  const frame = document.createElement("iframe");
  frame.title = _("Sändningen från mötet");
  frame.referrerPolicy = referrer ? "strict-origin" : "no-referrer";
  frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups allow-popups-to-escape-sandbox");
  frame.setAttribute("credentialless", "");
  frame.src = embed;
  return frame;
}

function whoInWords({ referrer }, host) {
  const what = _("Bilden hämtas från %(host)s. Visar du den får de veta din IP-adress, din webbläsare och när du tittar, och kan spara något i den. Vad du skriver får de inte veta.", { host });
  return referrer ? `${what} ${_("De får också veta att du tittar från den här tjänsten.")}` : what;
}

function hostOf(address) {
  return address ? new URL(address).host : "";
}

function isHls(address) {
  return address !== "" && new URL(address).pathname.toLowerCase().endsWith(".m3u8");
}

function canPlayHls() {
  return document.createElement("video").canPlayType(HLS) !== "";
}
