// A voice that reads a text aloud: the browser's own, and only one that lives in this device. The others send every
// text to a company's servers, and no page of ours asks anybody else for anything.

const LONGEST = 180; // characters: some browsers fall silent in the middle of a longer utterance

export class Voice {
  #left = null; // the pieces that are still to be read; null while nothing is
  #now = null; // kept, or a browser may throw it away, and never say that it ended

  // `onChange()`: it began or ended, or the browser knows of other voices than before.
  constructor(onChange) {
    this.synthesis = globalThis.speechSynthesis; // Some browsers have none.
    this.onChange = onChange;
    this.refused = false; // the browser wants somebody to press something on the page first
    this.failed = false; // the device could not do it
    this.synthesis?.addEventListener?.("voiceschanged", onChange);
    this.synthesis?.getVoices(); // The first question makes some browsers look for them.
    addEventListener("pagehide", () => this.stop());
  }

  get reads() {
    return this.#left !== null;
  }

  has(language) {
    return Boolean(this.#voiceFor(language));
  }

  read(text, language) {
    this.stop();
    const voice = this.#voiceFor(language);
    if (!voice) return;
    [this.#left, this.refused, this.failed] = [inPieces(text), false, false];
    this.#next(voice);
    this.onChange();
  }

  stop() {
    if (!this.reads) return;
    this.#left = this.#now = null;
    this.synthesis.cancel();
    this.onChange();
  }

  #next(voice) {
    const text = this.#left.shift();
    if (text === undefined) return this.stop();
    const utterance = Object.assign(new SpeechSynthesisUtterance(text), { voice, lang: voice.lang });
    utterance.onend = () => utterance === this.#now && this.#next(voice);
    utterance.onerror = ({ error }) => utterance === this.#now && this.#fail(error);
    this.#now = utterance;
    return this.synthesis.speak(utterance);
  }

  #fail(error) {
    this.refused = error === "not-allowed";
    this.failed = !this.refused;
    this.stop();
  }

  #voiceFor(language) {
    const voices = (this.synthesis?.getVoices() ?? []).filter(({ localService, lang }) => localService && base(lang) === base(language));
    return voices.find((voice) => voice.default) ?? voices[0];
  }
}

function base(language) {
  return language.toLowerCase().split(/[-_]/)[0];
}

// Whole sentences as long as they are short, else parted between words.
function inPieces(text) {
  const pieces = [""];
  for (const words of text.replace(/\s+/g, " ").split(/(?<=[.!?] )/).flatMap(inShort))
    if (pieces.at(-1).length + words.length <= LONGEST) pieces.push(pieces.pop() + words);
    else pieces.push(words);
  return pieces.map((piece) => piece.trim()).filter(Boolean);
}

function inShort(sentence) {
  return sentence.match(new RegExp(`.{1,${LONGEST}}(?:\\s|$)|.{1,${LONGEST}}`, "gu")) ?? [];
}
