// What a desk's tab remembers of its own choices until it is closed.

export class Tab {
  constructor(meeting) {
    this.prefix = `livechat:${meeting}:desk:`;
  }

  recall(name) {
    try {
      return sessionStorage.getItem(this.prefix + name);
    } catch {
      return null;
    }
  }

  remember(name, value) {
    try {
      sessionStorage.setItem(this.prefix + name, value);
    } catch {
      // Then the choice lasts as long as the page.
    }
  }
}
