/** 页面上的一条消息；`key` 是消息 id，尚未送达的是它的幂等键。 */
function asShown({ id, seq, sender, state, content, files, errorCode }, me) {
  return {
    key: id,
    seq,
    mine: Boolean(sender) && sender.id === me,
    waiting: state === 'PENDING',
    text: state === 'FAILED' && !content ? '抱歉，回答失败了，请稍后再试' : content,
    failure: state === 'FAILED' ? errorCode : '',
    images: files.map(({ thumbnail }) => thumbnail),
  };
}

/** 按 seq 排列；未送达的没有 seq，排在最后。 */
function added(messages, message) {
  const others = messages.filter(({ key }) => key !== message.key);
  return [...others, message].sort((one, other) => (one.seq || Infinity) - (other.seq || Infinity) || 0);
}

function replaced(messages, key, changes) {
  return messages.map((message) => (message.key === key ? { ...message, ...changes } : message));
}

function isRunning({ kind, state }) {
  return kind === 'AI_REPLY' && ['PENDING', 'STREAMING'].includes(state);
}

module.exports = { added, asShown, isRunning, replaced };
