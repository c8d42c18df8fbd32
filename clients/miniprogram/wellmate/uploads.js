'use strict';

const { fromStatus, WellmateError } = require('./errors');
const { upload } = require('./http');
const { persistently } = require('./timing');

const MIME_OF_EXTENSION = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  pdf: 'application/pdf',
};
const FRESH_MS = 60000;

/** Uploads of files that wx.chooseMedia and its like have put under a temporary path. */
class Uploads {
  constructor({ wx, requests, timing }) {
    Object.assign(this, { wx, requests, timing });
  }

  /** Through the server, in one request; up to the size of `clientConfig.maxImageBytes`. */
  image(filePath, { purpose = 'CHAT_IMAGE', onProgress } = {}) {
    return this.abortable(async (job) => {
      const once = () => this.sendThrough(filePath, purpose, { onProgress, onTask: job.took });
      const { uploadImage } = await this.repeated(job, () => this.requests.authorized(once));
      return uploadImage;
    });
  }

  /** Straight to the object storage: a ticket, the file by POST policy, and the server's check of what has arrived. */
  file(filePath, { purpose, mime = mimeOf(filePath), sha256, onProgress } = {}) {
    return this.abortable(async (job) => {
      const bytes = await this.sizeOf(filePath);
      const ticket = await this.repeated(job, () => this.sendByTicket({ filePath, purpose, mime, bytes, sha256, onProgress, job }));
      const { completeUpload } = await this.requests.send('CompleteUpload', { fileId: ticket.file.id }, { repeatable: true });
      return completeUpload;
    });
  }

  // A large body that is refused at its end for an old token is sent twice: better to look at the clock before.
  async sendThrough(filePath, purpose, hooks) {
    const { tokens } = this.requests;
    if (tokens.expiresWithin(FRESH_MS)) await tokens.renew(tokens.access);
    return this.requests.sendFile('UploadImage', { purpose }, filePath, hooks);
  }

  async sendByTicket({ filePath, purpose, mime, bytes, sha256, onProgress, job }) {
    const { requestUpload: ticket } = await this.requests.send('RequestUpload', { purpose, mime, bytes, sha256 });
    const { url, formFields: formData, headers } = ticket;
    const { uploadMs: timeoutMs } = this.timing;
    const answer = await upload(this.wx, { url, filePath, name: 'file', formData, headers, timeoutMs, onProgress, onTask: job.took });
    if (answer.status >= 300) throw fromStatus(answer.status, answer.headers);
    return ticket;
  }

  repeated(job, task) {
    return persistently(() => {
      if (job.aborted) throw new WellmateError('ABORTED', '已取消');
      return task();
    }, this.timing);
  }

  /** `{ done, abort }` of a task that tells its job about each wx task it starts. */
  abortable(task) {
    const job = { aborted: false, current: null };
    job.took = (current) => {
      job.current = current;
    };
    const abort = () => {
      job.aborted = true;
      if (job.current) job.current.abort();
    };
    return { done: task(job), abort };
  }

  sizeOf(filePath) {
    return new Promise((resolve, reject) => {
      this.wx.getFileSystemManager().getFileInfo({
        filePath,
        success: ({ size }) => resolve(size),
        fail: () => reject(new WellmateError('BAD_USER_INPUT', '无法读取文件', { field: 'filePath' })),
      });
    });
  }
}

function mimeOf(filePath) {
  return MIME_OF_EXTENSION[filePath.split('.').pop().toLowerCase()];
}

module.exports = { Uploads };
