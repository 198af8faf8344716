// Reading aloud: the comment under discussion, as everybody sees it, and nothing else.

import { discussing, meeting } from "./store.js";
import { _ } from "./texts.js";
import { Voice } from "./voice.js";

export class Aloud {
  #text = "";

  constructor(onChange) {
    this.voice = new Voice(onChange);
  }

  get reads() {
    return this.voice.reads;
  }

  // Begins with what may be read in this state, if there is a voice for it.
  read(state) {
    const words = toRead(state);
    if (!words) return;
    this.#text = words.text;
    this.voice.read(words.text, words.language);
  }

  stop() {
    this.voice.stop();
  }

  // Falls silent when what is read may not be read any more: taken back, edited, answered, doors closed.
  draw(state) {
    if (this.reads && toRead(state)?.text !== this.#text) this.stop();
  }

  // Why there is nothing to hear, in words; nothing if there is a voice that has not failed.
  lackInWords(state) {
    if (this.voice.failed) return _("Enheten kunde inte läsa upp texten. Försök igen, eller välj en annan röst i enhetens inställningar.");
    const { language } = toRead(state) ?? {};
    if (!language || this.voice.has(language)) return "";
    if (language === "sv") return _("Det finns ingen svensk röst på den här enheten. Lägg till en i enhetens inställningar för uppläsning.");
    return _("Det finns ingen röst för språket (%(language)s) på den här enheten. Lägg till en i enhetens inställningar för uppläsning.", { language });
  }
}

// {text, language}: the words in the meeting's language; or null. What was written in another one has its translation.
export function toRead(state) {
  const [comment, about] = [discussing(state), meeting(state)];
  if (!comment || !about || about.closed) return null;
  const { text, translation } = comment;
  return { text: translation?.language === about.language ? translation.text : text, language: about.language };
}
