import type { ErrorCode, MessageFieldsFragment, Operations, SendImageInput, SendTextInput } from './operations';

export * from './operations';

/** Codes of this module beside those of the server. Expect codes that are not listed here: new ones may come. */
export type ClientCode = ErrorCode | 'NETWORK' | 'TIMEOUT' | 'ABORTED' | 'PROTOCOL' | (string & {});

export class WellmateError extends Error {
  readonly code: ClientCode;
  /** The input at fault, such as `input.phone`. */
  readonly field?: string;
  /** When the server says how long to wait. */
  readonly retryAfterMs?: number;
  /** For the people who read the server's logs. */
  readonly requestId?: string;
  /** The HTTP status. */
  readonly status?: number;
  /** Of a message that was not sent: send again with it, and it is the same message. */
  readonly clientKey?: string;
  /** The part of the answer that came in spite of the errors. */
  readonly data?: unknown;
  /** May the same request succeed later? */
  readonly retryable: boolean;
}

/** Milliseconds. */
export interface Timing {
  /** One HTTP request. 20 s */
  requestMs: number;
  /** One upload. 60 s, the most that WeChat allows */
  uploadMs: number;
  /** All attempts of one repeatable request together. 60 s */
  giveUpMs: number;
  /** The first wait between attempts; it doubles. 0.5 s */
  backoffMs: number;
  longestBackoffMs: number;
  /** From opening a socket to `connection_ack`. 10 s */
  ackMs: number;
  /** Silence after which the socket is asked whether it lives. 20 s */
  pingMs: number;
  pongMs: number;
  /** A socket that has lived so long was no failure. 5 s */
  steadyMs: number;
  /** A socket without subscriptions is closed after it. 30 s */
  idleMs: number;
  /** A hidden app keeps its socket so long. 5 s */
  hideMs: number;
  /** `waitMs` of `replyProgress`. 20 s */
  longPollMs: number;
  /** Between two `changes`. 3 s */
  pollMs: number;
  /** Without a socket, it is tried again after it. 30 s */
  socketAgainMs: number;
}

export interface Options {
  /** https://…/graphql */
  url: string;
  /** wss://…/graphql; made from `url` when absent. */
  socketUrl?: string;
  /** The `wx` object; the global one when absent. */
  wx?: unknown;
  /** Of error messages: zh-CN (default) or en. */
  language?: string;
  /** Where the tokens are kept in the phone's storage. */
  storageKey?: string;
  /** Sign in by wx.login again when the refresh token has run out, too. Default true. */
  autoSignIn?: boolean;
  /** Send documents by their hash. Default true; a server that does not know them gets the text. */
  byHash?: boolean;
  timing?: Partial<Timing>;
  /** The session has ended and cannot be renewed without the user. */
  onSignedOut?(): void;
}

export interface CustomOperation {
  name: string;
  kind: 'query' | 'mutation';
  text: string;
}

export interface RequestOptions {
  /** Repeat until it succeeds, within `giveUpMs`. Default: queries only. */
  repeatable?: boolean;
  timeoutMs?: number;
}

export type User = Operations['LoginWithWechat']['data']['loginWithWechat']['user'];
export type Sent = Operations['SendText']['data']['sendText'];
export type UploadedFile = Operations['UploadImage']['data']['uploadImage'];
export type SessionEvent = Operations['WatchEvents']['data']['userEvents'];
export type SignInOperation = 'Login' | 'LoginWithPhone' | 'Register' | 'ChangePassword' | 'ResetPassword';

export interface ReplyProgress {
  /** All text so far. */
  text: string;
  /** What this piece brought. */
  added: string;
  /** True: the text before is withdrawn, start again from `text`. */
  reset: boolean;
}

export interface ReplyResult {
  message: MessageFieldsFragment;
  /** The text as it was streamed; `message.content` is the one that counts. */
  text: string;
  state: MessageFieldsFragment['state'];
  /** Of a FAILED reply. */
  code?: ErrorCode | null;
  /** Of a FAILED reply: does it make sense to regenerate? */
  retryable?: boolean;
}

export interface Watch<Result> {
  stop(): void;
  /** Resolves at the end; to null (or undefined) when it was stopped. Rejects when the server refuses for good. */
  done: Promise<Result>;
}

export interface Upload {
  done: Promise<UploadedFile>;
  abort(): void;
}

export interface UploadOptions {
  purpose?: 'CHAT_IMAGE' | 'AVATAR' | 'REPORT' | 'TREASURE_BOOK';
  /** 0-100 */
  onProgress?(percent: number): void;
}

export interface Client {
  readonly signedIn: boolean;
  signIn(options?: { phoneCode?: string }): Promise<{ user: User; isNewUser: boolean }>;
  signInWith<Name extends SignInOperation>(
    operation: Name,
    variables: Operations[Name]['variables'],
  ): Promise<{ user: User; isNewUser: boolean }>;
  signOut(options?: { allDevices?: boolean }): Promise<void>;

  request<Name extends keyof Operations>(
    operation: Name,
    variables?: Operations[Name]['variables'],
    options?: RequestOptions,
  ): Promise<Operations[Name]['data']>;
  request<Data = unknown>(operation: CustomOperation, variables?: object, options?: RequestOptions): Promise<Data>;

  /** Waits its turn in its session, and is repeated under one `clientKey` until the server has it. */
  sendText(input: Omit<SendTextInput, 'clientKey'> & { clientKey?: string }): Promise<Sent>;
  sendImage(input: Omit<SendImageInput, 'clientKey'> & { clientKey?: string }): Promise<Sent>;
  regenerateReply(messageId: string, clientKey?: string): Promise<Sent>;

  /** `after` and `text` go on where an earlier watch of the same reply has ended. */
  watchReply(
    messageId: string,
    options?: { onText?(progress: ReplyProgress): void; after?: string; text?: string },
  ): Watch<ReplyResult | null>;
  watchEvents(options: {
    onEvent(event: SessionEvent, cursor: string): void;
    /** From here on nothing is missed: load the lists now. */
    onReady?(cursor: string): void;
    /** Events were missed for good: load the lists again. */
    onGap?(cursor: string): void;
    after?: string;
  }): Watch<void>;

  uploadImage(filePath: string, options?: UploadOptions): Upload;
  uploadFile(filePath: string, options: UploadOptions & { mime?: string; sha256?: string }): Upload;

  close(): void;
}

export function createClient(options: Options): Client;

/** A new `clientKey`. */
export function newKey(): string;
