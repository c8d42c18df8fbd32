'use strict';

/** What happens around the app: it is shown and hidden, and the phone changes its network. */
class Surroundings {
  constructor(wx, { hideMs }) {
    this.hidden = false;
    this.listeners = new Set();
    const hooks = [
      ['AppShow', () => this.shown()],
      // WeChat stops a hidden app after some seconds and its sockets with it; a short look elsewhere costs no reconnect.
      ['AppHide', () => (this.hiding = setTimeout(() => this.tell(true), hideMs))],
      ['NetworkStatusChange', ({ isConnected }) => isConnected && this.tell(this.hidden)],
    ];
    hooks.forEach(([name, hook]) => wx[`on${name}`](hook));
    this.unhook = () => hooks.forEach(([name, hook]) => wx[`off${name}`](hook));
  }

  listen(listener) {
    this.listeners.add(listener);
  }

  /** Resolves after `ms`, or as soon as waiting may be pointless: the app was shown again, or the network has changed. */
  pause(ms) {
    return new Promise((resolve) => {
      const awake = () => {
        clearTimeout(timer);
        this.listeners.delete(awake);
        resolve();
      };
      const timer = setTimeout(awake, ms);
      this.listen(awake);
    });
  }

  shown() {
    clearTimeout(this.hiding);
    this.tell(false);
  }

  tell(hidden) {
    this.hidden = hidden;
    [...this.listeners].forEach((listener) => listener());
  }

  close() {
    clearTimeout(this.hiding);
    this.unhook();
  }
}

module.exports = { Surroundings };
