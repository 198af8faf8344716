// What the resident's tab remembers: the draft, what is on its way, and the secrets of the own comments.
// It lives in sessionStorage, so it survives a reload and ends with the tab. Open tabs of one browser share the
// secrets, so that each of them knows which comments are the own ones.

export class Keep {
  #memory = { draft: null, outbox: [], own: [] };
  #forgotten = false;

  // `onOwn()`: another tab knew of more own comments; `onForget()`: another tab was told to forget everything.
  constructor(meeting, { onOwn, onForget }) {
    this.key = `livechat:${meeting}`;
    Object.assign(this.#memory, this.#read());
    this.#share(onOwn, onForget);
  }

  get draft() {
    return this.#memory.draft;
  }

  set draft(draft) {
    this.#write({ draft });
  }

  get outbox() {
    return this.#memory.outbox;
  }

  set outbox(outbox) {
    this.#write({ outbox });
  }

  // A list of {secret, id, item, text}.
  get own() {
    return this.#memory.own;
  }

  set own(own) {
    this.#write({ own });
    this.tabs?.postMessage({ own });
  }

  // The page is about to be loaded anew: nothing is written any more.
  forget() {
    this.tabs?.postMessage({ forget: true });
    this.#forgotten = true;
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // Nothing was kept there.
    }
  }

  #share(onOwn, onForget) {
    if (!("BroadcastChannel" in globalThis)) return;
    this.tabs = new BroadcastChannel(this.key);
    this.tabs.onmessage = ({ data }) => {
      if (this.#forgotten) return;
      if (data.forget) onForget();
      else if (data.hello) this.tabs.postMessage({ own: this.own });
      else if (this.#learn(data.own)) onOwn();
    };
    this.tabs.postMessage({ hello: true });
  }

  #learn(theirs) {
    const known = new Set(this.own.map((own) => own.secret));
    const unknown = theirs.filter((own) => !known.has(own.secret));
    if (unknown.length) this.#write({ own: [...this.own, ...unknown] });
    return unknown.length > 0;
  }

  #write(part) {
    Object.assign(this.#memory, part);
    if (this.#forgotten) return;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(this.#memory));
    } catch {
      // Storage may be full or forbidden; then all this lasts as long as the page.
    }
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key)) ?? {};
    } catch {
      return {};
    }
  }
}

// 128 random bits as 22 characters. It proves who wrote the comment, and nothing else.
export function drawSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
