// How long the oldest comment has waited: always in sight, and an alarm past the age that this desk has chosen.

import { announce } from "./announcer.js";
import { minutesSince } from "./clock.js";
import { mark, say } from "./parts.js";
import { meeting, pending } from "./store.js";
import { _, n_ } from "./texts.js";

const AGAIN = 60_000; // the sound comes once a minute as long as it is needed

export class Watch {
  #sounded = 0;
  #audio = null;

  // `tab` remembers the desk's own choices.
  constructor(tab, onChange) {
    Object.assign(this, { tab, onChange });
    [this.box, this.age, this.limit, this.sound] = ["oldest", "side-oldest", "alarm-after", "alarm-sound"].map((id) => document.getElementById(id));
    this.limit.value = tab.recall("alarm-after") ?? "5";
    this.limit.addEventListener("change", () => this.#choose());
    // A browser lets a page sound only after somebody has pressed something on it.
    this.sound.addEventListener("change", () => this.sound.checked && this.#beep());
  }

  // Whether the alarm is on.
  draw(state) {
    const oldest = pending(state)[0];
    const minutes = oldest ? minutesSince(oldest.received, meeting(state).announced) : null;
    const late = minutes !== null && minutes >= Number(this.limit.value);
    say(this.age, oldest ? ageInWords(minutes) : _("Inget väntar"));
    mark(this.box, "data-alarm", late ? "" : null);
    say(document.getElementById("alarm-words"), late ? _("Väntar för länge") : "");
    if (late) this.#raise();
    else this.#sounded = 0;
    return late;
  }

  #choose() {
    this.tab.remember("alarm-after", this.limit.value);
    this.onChange();
  }

  #raise() {
    if (!this.#sounded) announce(_("En kommentar har väntat för länge."));
    if (Date.now() - this.#sounded < AGAIN) return;
    this.#sounded = Date.now();
    if (this.sound.checked) this.#beep();
  }

  #beep() {
    this.#audio ??= new AudioContext();
    const [tone, loudness] = [this.#audio.createOscillator(), this.#audio.createGain()];
    loudness.gain.value = 0.15;
    tone.frequency.value = 660;
    tone.connect(loudness).connect(this.#audio.destination);
    tone.start();
    tone.stop(this.#audio.currentTime + 0.25);
  }
}

function ageInWords(minutes) {
  return minutes === 0 ? _("under en minut") : n_("%(num)s minut", "%(num)s minuter", minutes);
}
