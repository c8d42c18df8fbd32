'use strict';

const { fromFailure, fromGraphql, fromStatus, retryAfter } = require('./errors');

const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** One POST of a GraphQL body through wx.request; resolves to `data`, rejects with a WellmateError. */
function post(wx, { url, headers, body, timeoutMs }) {
  return new Promise((resolve, reject) => {
    wx.request({
      url,
      method: 'POST',
      header: { 'content-type': 'application/json', accept: ACCEPT, ...headers },
      data: JSON.stringify(body),
      dataType: 'json',
      timeout: timeoutMs,
      success: (answer) => settle(answer, resolve, reject),
      fail: (failure) => reject(fromFailure(failure)),
    });
  });
}

function settle({ statusCode, header, data }, resolve, reject) {
  try {
    resolve(readAnswer(statusCode, header, parsed(data)));
  } catch (failure) {
    reject(failure);
  }
}

/** The `data` of an answer; throws a WellmateError. */
function readAnswer(status, headers, answer) {
  if (!answer || typeof answer !== 'object' || !(answer.data || answer.errors)) throw fromStatus(status, headers);
  if (answer.errors) {
    const failure = fromGraphql(answer.errors, { status, data: answer.data });
    failure.retryAfterMs = failure.retryAfterMs || retryAfter(headers);
    throw failure;
  }
  return answer.data;
}

// wx parses JSON by itself in wx.request, but not in wx.uploadFile, and leaves what it cannot parse as text.
function parsed(data) {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch (_) {
    return null;
  }
}

/** wx.uploadFile as a promise of the raw answer; `onProgress` hears 0-100, `onTask` gets the task that can be aborted. */
function upload(wx, { url, filePath, name, formData, headers, timeoutMs, onProgress, onTask }) {
  return new Promise((resolve, reject) => {
    const task = wx.uploadFile({
      url,
      filePath,
      name,
      formData,
      header: headers,
      timeout: timeoutMs,
      success: ({ statusCode, header, data }) => resolve({ status: statusCode, headers: header, body: parsed(data) }),
      fail: (failure) => reject(fromFailure(failure)),
    });
    if (onProgress) task.onProgressUpdate(({ progress }) => onProgress(progress));
    if (onTask) onTask(task);
  });
}

module.exports = { post, readAnswer, upload };
