'use strict';

const { newKey, persistently } = require('./timing');

/**
 * Sends what a person says. Repeated under one key until the server has it: never lost, never doubled. One after the other in each
 * session: never in another order than it was said.
 */
class Sender {
  constructor({ requests, timing }) {
    Object.assign(this, { requests, timing });
    this.queues = new Map();
  }

  sendText(input) {
    return this.send('SendText', input).then(({ sendText }) => sendText);
  }

  sendImage(input) {
    return this.send('SendImage', input).then(({ sendImage }) => sendImage);
  }

  regenerate(messageId, clientKey = newKey()) {
    return this.repeated('RegenerateReply', { messageId, clientKey }, clientKey).then((data) => data.regenerateReply);
  }

  send(operation, given) {
    const input = { clientKey: newKey(), ...given };
    const queue = input.sessionId || `new ${input.assistant || ''}`;
    return this.inTurn(queue, () => this.repeated(operation, { input }, input.clientKey));
  }

  inTurn(queue, task) {
    const before = this.queues.get(queue) || Promise.resolve();
    const mine = before.then(task, task);
    this.queues.set(queue, mine);
    const leave = () => this.queues.get(queue) === mine && this.queues.delete(queue);
    mine.then(leave, leave);
    return mine;
  }

  // The key goes with the failure: sending again with it later is the same message.
  async repeated(operation, variables, clientKey) {
    try {
      return await persistently(() => this.requests.send(operation, variables), this.timing);
    } catch (failure) {
      throw Object.assign(failure, { clientKey });
    }
  }
}

module.exports = { Sender };
