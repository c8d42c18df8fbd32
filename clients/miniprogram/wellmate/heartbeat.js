'use strict';

/** Notices a socket that is dead but does not say so: pings in silence, and gives up when nothing comes back. */
class Heartbeat {
  constructor({ pingMs, pongMs }, ping, onDeath) {
    Object.assign(this, { pingMs, pongMs, ping, onDeath });
    this.timer = null;
  }

  /** Something was received: silence begins anew. */
  heard() {
    this.stop();
    this.timer = setTimeout(() => this.probe(), this.pingMs);
  }

  /** Is somebody there? */
  probe() {
    this.stop();
    this.timer = setTimeout(this.onDeath, this.pongMs);
    this.ping();
  }

  stop() {
    clearTimeout(this.timer);
  }
}

module.exports = { Heartbeat };
