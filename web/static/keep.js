// What the resident's tab remembers: the draft, what is on its way, and the secrets of the own comments.
// It lives in sessionStorage, so it survives a reload and ends with the tab. Open tabs of one browser share the
// secrets, so that each of them knows which comments are the own ones.

export class Keep {
  #memory = { draft: null, outbox: [], own: [] };

  constructor(meeting, onOwnFromElsewhere) {
    this.key = `livechat:${meeting}`;
    Object.assign(this.#memory, this.#read());
    this.#share(onOwnFromElsewhere);
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

  #share(onOwnFromElsewhere) {
    if (!("BroadcastChannel" in globalThis)) return;
    this.tabs = new BroadcastChannel(this.key);
    this.tabs.onmessage = ({ data }) => {
      if (data.hello) this.tabs.postMessage({ own: this.own });
      else if (this.#learn(data.own)) onOwnFromElsewhere();
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
