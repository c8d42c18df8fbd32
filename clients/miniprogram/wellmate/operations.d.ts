// Made by `npm run compile` from operations/*.graphql.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** What one may do. */
export type AccessRole =
  /** Runs it. */
  | 'ADMIN'
  /** Names admins too. */
  | 'SUPERADMIN'
  /** Uses the system. */
  | 'USER';

/** When the AI answers. */
export type AiMode =
  /** Patients' messages go to the AI, doctors' do not. */
  | 'AUTO'
  /** Only when the AI is addressed. */
  | 'MENTION'
  /** Never. */
  | 'OFF';

/** What a series counts by. */
export type Bucket =
  /** By day. */
  | 'DAY'
  /** By hour. */
  | 'HOUR'
  /** By month. */
  | 'MONTH'
  /** By week, from Monday. */
  | 'WEEK';

/** Who one is in care. */
export type CareRole =
  /** The assistant. */
  | 'AI_ASSISTANT'
  /** A doctor. */
  | 'DOCTOR'
  /** A patient. */
  | 'PATIENT';

/** What a code by text message is good for. */
export type CodePurpose =
  /** Giving one's account a phone. */
  | 'BIND_PHONE'
  /** Signing in. */
  | 'LOGIN'
  /** Making an account. */
  | 'REGISTER'
  /** A new password. */
  | 'RESET_PASSWORD';

/** Where a measurement comes from. */
export type DataSource =
  /** Sent by a device. */
  | 'DEVICE'
  /** Taken over from another system. */
  | 'IMPORT'
  /** Typed in by a person. */
  | 'MANUAL';

/** What went wrong; the same codes as `errors[].extensions.code`. */
export type ErrorCode =
  /** The request is not GraphQL over HTTP. */
  | 'BAD_REQUEST'
  /** The input is not valid; `field` says where. */
  | 'BAD_USER_INPUT'
  /** Something else happened in between. */
  | 'CONFLICT'
  /** Refused by content moderation. */
  | 'CONTENT_BLOCKED'
  /** Signed in, but not allowed. */
  | 'FORBIDDEN'
  /** The document is not GraphQL. */
  | 'GRAPHQL_PARSE_FAILED'
  /** The document does not fit the schema. */
  | 'GRAPHQL_VALIDATION_FAILED'
  /** Our fault; the request id finds it in the logs. */
  | 'INTERNAL_SERVER_ERROR'
  /** No such thing, or not the caller's. */
  | 'NOT_FOUND'
  /** Too large. */
  | 'PAYLOAD_TOO_LARGE'
  /** The operation asks for too much. */
  | 'QUERY_TOO_COMPLEX'
  /** Too often; `retryAfterMs` says when again. */
  | 'RATE_LIMITED'
  /** Not signed in, or no longer. */
  | 'UNAUTHENTICATED'
  /** An outside service took too long. */
  | 'UPSTREAM_TIMEOUT'
  /** An outside service is not available. */
  | 'UPSTREAM_UNAVAILABLE';

/** What a file is for. */
export type FilePurpose =
  /** The picture of a person. */
  | 'AVATAR'
  /** A picture to send. */
  | 'CHAT_IMAGE'
  /** A picture or PDF for one's records. */
  | 'REPORT'
  /** A picture or PDF to publish; admins only. */
  | 'TREASURE_BOOK';

/** How far a file is. */
export type FileState =
  /** Gone. */
  | 'DELETED'
  /** Not there yet, or not checked. */
  | 'PENDING'
  /** Checked and kept. */
  | 'READY'
  /** Not taken: upload another. */
  | 'REJECTED';

/** Gender. */
export type Gender =
  /** Female. */
  | 'FEMALE'
  /** Male. */
  | 'MALE'
  /** Another, or not said. */
  | 'OTHER';

/** Where a measurement lies with regard to the reference range of adults. */
export type Interpretation =
  /** Dangerously high. */
  | 'CRITICAL_HIGH'
  /** Dangerously low. */
  | 'CRITICAL_LOW'
  /** Above the range. */
  | 'HIGH'
  /** Below the range. */
  | 'LOW'
  /** Inside the range. */
  | 'NORMAL';

/** What kind of message. */
export type MessageKind =
  /** An answer of the AI. */
  | 'AI_REPLY'
  /** Pictures, perhaps with a text. */
  | 'IMAGE'
  /** Said by the system. */
  | 'SYSTEM'
  /** A text. */
  | 'TEXT';

/** How far a message is. */
export type MessageState =
  /** A whole reply. */
  | 'COMPLETE'
  /** A reply that failed. */
  | 'FAILED'
  /** A reply that is still to come. */
  | 'PENDING'
  /** Taken back by its sender. */
  | 'RECALLED'
  /** Said by a person. */
  | 'SENT'
  /** A reply that was stopped; its text is what was said until then. */
  | 'STOPPED'
  /** A reply on its way. */
  | 'STREAMING';

/** What can be measured, each with its own UCUM unit. */
export type Metric =
  /** Blood glucose, in mmol/L. */
  | 'BLOOD_GLUCOSE'
  /** Blood pressure, in mm[Hg]. */
  | 'BLOOD_PRESSURE'
  /** Body mass index, in kg/m2; calculated from each weight when a height is known. */
  | 'BMI'
  /** Body height, in cm. */
  | 'BODY_HEIGHT'
  /** Body temperature, in Cel. */
  | 'BODY_TEMPERATURE'
  /** Body weight, in kg. */
  | 'BODY_WEIGHT'
  /** Heart rate, in /min. */
  | 'HEART_RATE'
  /** Mood from 1 (worst) to 10 (best), in {score}. */
  | 'MOOD_SCORE'
  /** Oxygen saturation, in %. */
  | 'OXYGEN_SATURATION'
  /** Respiratory rate, in /min. */
  | 'RESPIRATORY_RATE'
  /** Time slept, in h. */
  | 'SLEEP_DURATION'
  /** Number of steps, in {steps}. */
  | 'STEPS'
  /** Total cholesterol, in mmol/L. */
  | 'TOTAL_CHOLESTEROL'
  /** Uric acid in blood, in umol/L. */
  | 'URIC_ACID';

/** A measurement. Blood pressure has `systolic` and `diastolic`, everything else `value`. */
export type ObservationInput = {
  /** Of blood pressure: the lower number. */
  diastolic?: string | null | undefined;
  /** When it was measured. */
  effectiveAt: string;
  /** What was measured. */
  metric: Metric;
  /** A remark, at most 1,000 characters. */
  note?: string | null | undefined;
  /** Where it comes from. */
  source?: DataSource | null | undefined;
  /** The device's own id of the measurement: sent twice for a metric, stored once. */
  sourceKey?: string | null | undefined;
  /** Of blood pressure: the higher number. */
  systolic?: string | null | undefined;
  /** UCUM; converted exactly to the metric's own unit, which it is when absent. */
  unit?: string | null | undefined;
  /** The number, except of blood pressure. */
  value?: string | null | undefined;
};

/** What changes. What is left out stays as it is; null clears it. */
export type ProfileInput = {
  /** A READY file of one's own with purpose AVATAR; the one before is deleted. */
  avatarFileId?: string | number | null | undefined;
  /** Birth date. */
  birthDate?: string | null | undefined;
  /** The real name, at most 50. */
  fullName?: string | null | undefined;
  /** Gender. */
  gender?: Gender | null | undefined;
  /** What others see, at most 50. */
  nickname?: string | null | undefined;
};

/** How good a reply was. */
export type Rating =
  /** Not good. */
  | 'DISLIKE'
  /** Good. */
  | 'LIKE';

/** A record. An update leaves alone what is omitted. */
export type RecordInput = {
  /** At most 10,000 characters. */
  body?: string | null | undefined;
  /** At most 20 READY files of the caller, in their order. */
  fileIds?: Array<string | number> | null | undefined;
  /** What kind of record. */
  kind: RecordKind;
  /** When it was, or will be; now, when a new record does not say. */
  occurredAt?: string | null | undefined;
  /** At most 20, each at most 30 characters. */
  tags?: Array<string> | null | undefined;
  /** 1 to 100 characters. */
  title: string;
};

/** What kind of record. */
export type RecordKind =
  /** What one ate. */
  | 'DIET'
  /** How one moved. */
  | 'EXERCISE'
  /** A medicine taken. */
  | 'MEDICATION'
  /** How one felt. */
  | 'MOOD'
  /** A note. */
  | 'NOTE'
  /** A report of an examination. */
  | 'REPORT'
  /** Something that hurts or worries. */
  | 'SYMPTOM'
  /** A visit to a doctor, past or planned. */
  | 'VISIT';

/** A new account: username and password, or phone and smsCode, or all four. */
export type RegisterInput = {
  /** Years; kept as an approximate birth date. `birthDate` wins. */
  age?: number | null | undefined;
  /** Birth date. */
  birthDate?: string | null | undefined;
  /** The real name, at most 50 characters. */
  fullName?: string | null | undefined;
  /** Gender. */
  gender?: Gender | null | undefined;
  /** What others see, at most 50 characters. */
  nickname?: string | null | undefined;
  /** 8 to 128 characters. */
  password?: string | null | undefined;
  /** A mobile number, to be proven by smsCode. */
  phone?: string | null | undefined;
  /** The code sent for REGISTER. */
  smsCode?: string | null | undefined;
  /** 3 to 32 letters of any script, digits or `_.-`, at least one letter. */
  username?: string | null | undefined;
};

/** Pictures to send. */
export type SendImageInput = {
  /** Slug of the assistant of a new session. */
  assistant?: string | null | undefined;
  /** Idempotency key of the client, unique per sender and session: repeated, it gives the first result. */
  clientKey: string;
  /** 1 to 9 READY pictures of the caller, in the order to show them. */
  fileIds: Array<string | number>;
  /** Absent: a new session with `assistant`. */
  sessionId?: string | number | null | undefined;
  /** What to say about them, at most 4,000 characters. */
  text?: string | null | undefined;
  /** True: answer only when the reply is complete (or failed). */
  wait?: boolean | null | undefined;
};

/** A text to send. */
export type SendTextInput = {
  /** Slug of the assistant of a new session. */
  assistant?: string | null | undefined;
  /** Idempotency key of the client, unique per sender and session: repeated, it gives the first result. */
  clientKey: string;
  /** Absent: a new session with `assistant`. */
  sessionId?: string | number | null | undefined;
  /** 1 to 4,000 characters. */
  text: string;
  /** True: answer only when the reply is complete (or failed). */
  wait?: boolean | null | undefined;
};

/** What kind of session. */
export type SessionKind =
  /** One person and the AI. */
  | 'ASSISTANT'
  /** A care group. */
  | 'GROUP';

/** What changes. What is left out, or null, stays as it is. */
export type UserSettingsInput = {
  /** 0.5 to 3, 1 is normal. */
  fontScale?: number | null | undefined;
  /** BCP 47 language tag, e.g. `zh-CN`. */
  locale?: string | null | undefined;
  /** Whether notifications are wanted. */
  notify?: boolean | null | undefined;
  /** IANA zone, e.g. `Asia/Shanghai`. */
  timezone?: string | null | undefined;
};

export type LoginWithWechatMutationVariables = Exact<{
  code: string;
  phoneCode?: string | null | undefined;
}>;


export type LoginWithWechatMutation = { loginWithWechat: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LoginMutationVariables = Exact<{
  username: string;
  password: string;
}>;


export type LoginMutation = { login: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LoginWithPhoneMutationVariables = Exact<{
  phone: string;
  smsCode: string;
}>;


export type LoginWithPhoneMutation = { loginWithPhone: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type RefreshTokenMutationVariables = Exact<{
  refreshToken: string;
}>;


export type RefreshTokenMutation = { refreshToken: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LogoutMutationVariables = Exact<{
  allDevices?: boolean | null | undefined;
}>;


export type LogoutMutation = { logout: boolean };

export type ChangePasswordMutationVariables = Exact<{
  old?: string | null | undefined;
  new: string;
}>;


export type ChangePasswordMutation = { changePassword: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type ResetPasswordMutationVariables = Exact<{
  phone: string;
  smsCode: string;
  new: string;
}>;


export type ResetPasswordMutation = { resetPassword: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type SendVerificationCodeMutationVariables = Exact<{
  phone: string;
  purpose: CodePurpose;
}>;


export type SendVerificationCodeMutation = { sendVerificationCode: boolean };

export type BindWechatMutationVariables = Exact<{
  code: string;
}>;


export type BindWechatMutation = { bindWechat: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type BindPhoneMutationVariables = Exact<{
  phone?: string | null | undefined;
  smsCode?: string | null | undefined;
  wechatPhoneCode?: string | null | undefined;
}>;


export type BindPhoneMutation = { bindPhone: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, settings: { locale: string, timezone: string, fontScale: number, notify: boolean }, devices: Array<{ id: string, name: string | null, lastUsedAt: string | null, current: boolean }>, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null };

export type UpdateProfileMutationVariables = Exact<{
  input: ProfileInput;
}>;


export type UpdateProfileMutation = { updateProfile: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type UpdateSettingsMutationVariables = Exact<{
  input: UserSettingsInput;
}>;


export type UpdateSettingsMutation = { updateSettings: { id: string, settings: { locale: string, timezone: string, fontScale: number, notify: boolean } } };

export type TreasureBooksQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  category?: string | null | undefined;
  text?: string | null | undefined;
}>;


export type TreasureBooksQuery = { treasureBooks: { nodes: Array<{ id: string, title: string, summary: string | null, category: string | null, fileUrl: string | null, position: number, updatedAt: string, file: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type TreasureBookQueryVariables = Exact<{
  id: string | number;
}>;


export type TreasureBookQuery = { treasureBook: { id: string, title: string, summary: string | null, category: string | null, fileUrl: string | null, position: number, updatedAt: string, file: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null };

export type SessionsQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  kind?: SessionKind | null | undefined;
  archived?: boolean | null | undefined;
}>;


export type SessionsQuery = { me: { id: string, sessions: { nodes: Array<{ id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type SessionQueryVariables = Exact<{
  id: string | number;
}>;


export type SessionQuery = { session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, members: Array<{ careRole: CareRole, readSeq: number, joinedAt: string, user: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } }>, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } | null };

export type MessagesQueryVariables = Exact<{
  sessionId: string | number;
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}>;


export type MessagesQuery = { session: { id: string, lastSeq: number, messages: { nodes: Array<{ id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } } | null };

export type MessageQueryVariables = Exact<{
  id: string | number;
}>;


export type MessageQuery = { message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null };

export type SearchMessagesQueryVariables = Exact<{
  text: string;
  sessionId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type SearchMessagesQuery = { searchMessages: { nodes: Array<{ snippet: string, message: { id: string, seq: number, createdAt: string, session: { id: string, title: string | null } } }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type CreateSessionMutationVariables = Exact<{
  assistant?: string | null | undefined;
  title?: string | null | undefined;
}>;


export type CreateSessionMutation = { createSession: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type UpdateSessionMutationVariables = Exact<{
  id: string | number;
  title?: string | null | undefined;
  pinned?: boolean | null | undefined;
  archived?: boolean | null | undefined;
  aiMode?: AiMode | null | undefined;
}>;


export type UpdateSessionMutation = { updateSession: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type DeleteSessionMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteSessionMutation = { deleteSession: string };

export type SendTextMutationVariables = Exact<{
  input: SendTextInput;
}>;


export type SendTextMutation = { sendText: { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null } };

export type SendImageMutationVariables = Exact<{
  input: SendImageInput;
}>;


export type SendImageMutation = { sendImage: { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null } };

export type StopReplyMutationVariables = Exact<{
  messageId: string | number;
}>;


export type StopReplyMutation = { stopReply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

export type RegenerateReplyMutationVariables = Exact<{
  messageId: string | number;
  clientKey: string;
}>;


export type RegenerateReplyMutation = { regenerateReply: { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null } };

export type RateReplyMutationVariables = Exact<{
  messageId: string | number;
  rating?: Rating | null | undefined;
  reasons?: Array<string> | string | null | undefined;
  comment?: string | null | undefined;
}>;


export type RateReplyMutation = { rateReply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

export type RecallMessageMutationVariables = Exact<{
  id: string | number;
}>;


export type RecallMessageMutation = { recallMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

export type MarkReadMutationVariables = Exact<{
  sessionId: string | number;
  seq: number;
}>;


export type MarkReadMutation = { markRead: { readSeq: number } };

export type CreateGroupMutationVariables = Exact<{
  name: string;
  description?: string | null | undefined;
  memberIds?: Array<string | number> | string | number | null | undefined;
  aiMode?: AiMode | null | undefined;
  assistant?: string | null | undefined;
}>;


export type CreateGroupMutation = { createGroup: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type AddMembersMutationVariables = Exact<{
  sessionId: string | number;
  userIds: Array<string | number> | string | number;
}>;


export type AddMembersMutation = { addMembers: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type RemoveMemberMutationVariables = Exact<{
  sessionId: string | number;
  userId: string | number;
}>;


export type RemoveMemberMutation = { removeMember: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type LeaveGroupMutationVariables = Exact<{
  sessionId: string | number;
}>;


export type LeaveGroupMutation = { leaveGroup: string };

export type ReplyProgressQueryVariables = Exact<{
  messageId: string | number;
  after?: string | null | undefined;
  waitMs?: number | null | undefined;
}>;


export type ReplyProgressQuery = { replyProgress: { cursor: string, state: MessageState, text: string, reset: boolean, done: boolean } };

export type ChangesQueryVariables = Exact<{
  after?: string | null | undefined;
  first?: number | null | undefined;
}>;


export type ChangesQuery = { changes: { cursor: string, hasMore: boolean, events: Array<
      | { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } }
      | { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
      | { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
      | { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } }
    > } };

export type WatchReplySubscriptionVariables = Exact<{
  messageId: string | number;
  after?: string | null | undefined;
}>;


export type WatchReplySubscription = { replyStream:
    | { __typename: 'ReplyDelta', cursor: string, text: string }
    | { __typename: 'ReplyDone', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'ReplyFailed', cursor: string, code: ErrorCode, retryable: boolean, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'ReplyReset', cursor: string, text: string }
   };

export type WatchEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchEventsSubscription = { userEvents:
    | { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } }
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } }
   };

export type UploadImageMutationVariables = Exact<{
  file: null;
  purpose?: FilePurpose | null | undefined;
}>;


export type UploadImageMutation = { uploadImage: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } };

export type RequestUploadMutationVariables = Exact<{
  purpose: FilePurpose;
  mime: string;
  bytes: number;
  sha256?: string | null | undefined;
}>;


export type RequestUploadMutation = { requestUpload: { method: string, url: string, headers: any, formFields: any, expiresAt: string, file: { id: string } } };

export type CompleteUploadMutationVariables = Exact<{
  fileId: string | number;
}>;


export type CompleteUploadMutation = { completeUpload: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } };

export type FileQueryVariables = Exact<{
  id: string | number;
}>;


export type FileQuery = { file: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type DeleteFileMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteFileMutation = { deleteFile: string };

export type PageFragment = { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null };

export type FileFieldsFragment = { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string };

export type UserFieldsFragment = { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type TokensFragment = { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, accessRole: AccessRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type PersonFragment = { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type MessageFieldsFragment = { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null };

export type SessionFieldsFragment = { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null };

export type SentFragment = { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null };

type Event_MembersChanged_Fragment = { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

type Event_MessageAdded_Fragment = { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

type Event_MessageUpdated_Fragment = { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

type Event_ReadAdvanced_Fragment = { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } };

export type EventFragment =
  | Event_MembersChanged_Fragment
  | Event_MessageAdded_Fragment
  | Event_MessageUpdated_Fragment
  | Event_ReadAdvanced_Fragment
;

export type BookFieldsFragment = { id: string, title: string, summary: string | null, category: string | null, fileUrl: string | null, position: number, updatedAt: string, file: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type ObservationFieldsFragment = { id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null };

export type RecordFieldsFragment = { id: string, kind: RecordKind, title: string, body: string | null, occurredAt: string, tags: Array<string>, version: number, updatedAt: string, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }> };

export type HealthDataQueryVariables = Exact<{
  metric?: Metric | null | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type HealthDataQuery = { healthData: { nodes: Array<{ id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type HealthStatsQueryVariables = Exact<{
  metrics?: Array<Metric> | Metric | null | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  bucket?: Bucket | null | undefined;
}>;


export type HealthStatsQuery = { healthStats: Array<{ metric: Metric, unit: string, count: number, min: string | null, max: string | null, avg: string | null, stddev: string | null, trendPerWeek: string | null, outOfRange: number, latest: { id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null } | null, series: Array<{ at: string, count: number, min: string | null, max: string | null, avg: string | null }> }> };

export type HealthDataChangesQueryVariables = Exact<{
  after?: string | null | undefined;
  first?: number | null | undefined;
}>;


export type HealthDataChangesQuery = { healthDataChanges: { cursor: string, hasMore: boolean, changes: Array<{ cursor: string, deletedId: string | null, observation: { id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null } | null }> } };

export type AddHealthDataMutationVariables = Exact<{
  input: Array<ObservationInput> | ObservationInput;
}>;


export type AddHealthDataMutation = { addHealthData: Array<{ id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null }> };

export type UpdateHealthDataMutationVariables = Exact<{
  id: string | number;
  input: ObservationInput;
}>;


export type UpdateHealthDataMutation = { updateHealthData: { id: string, metric: Metric, value: string | null, systolic: string | null, diastolic: string | null, unit: string, interpretation: Interpretation | null, effectiveAt: string, source: DataSource, note: string | null } };

export type DeleteHealthDataMutationVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type DeleteHealthDataMutation = { deleteHealthData: Array<string> };

export type RecordsQueryVariables = Exact<{
  kind?: RecordKind | null | undefined;
  tag?: string | null | undefined;
  text?: string | null | undefined;
  from?: string | null | undefined;
  to?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type RecordsQuery = { records: { nodes: Array<{ id: string, kind: RecordKind, title: string, body: string | null, occurredAt: string, tags: Array<string>, version: number, updatedAt: string, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }> }>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null } } };

export type RecordQueryVariables = Exact<{
  id: string | number;
}>;


export type RecordQuery = { record: { id: string, kind: RecordKind, title: string, body: string | null, occurredAt: string, tags: Array<string>, version: number, updatedAt: string, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }> } | null };

export type CreateRecordMutationVariables = Exact<{
  input: RecordInput;
}>;


export type CreateRecordMutation = { createRecord: { id: string, kind: RecordKind, title: string, body: string | null, occurredAt: string, tags: Array<string>, version: number, updatedAt: string, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }> } };

export type UpdateRecordMutationVariables = Exact<{
  id: string | number;
  expectedVersion: number;
  input: RecordInput;
}>;


export type UpdateRecordMutation = { updateRecord: { id: string, kind: RecordKind, title: string, body: string | null, occurredAt: string, tags: Array<string>, version: number, updatedAt: string, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }> } };

export type DeleteRecordMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteRecordMutation = { deleteRecord: string };

export type SummariseRecordsMutationVariables = Exact<{
  from?: string | null | undefined;
  to?: string | null | undefined;
  kind?: RecordKind | null | undefined;
  clientKey: string;
}>;


export type SummariseRecordsMutation = { summariseRecords: { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null } };

export type StartQueryVariables = Exact<{ [key: string]: never; }>;


export type StartQuery = { serverTime: string, clientConfig: { maxImageBytes: number, imageMimeTypes: Array<string>, maxTextLength: number, assistants: Array<{ id: string, slug: string, roleName: string, greeting: string | null, acceptsImages: boolean }> } };


export interface Operations {
  AddHealthData: { variables: AddHealthDataMutationVariables; data: AddHealthDataMutation };
  AddMembers: { variables: AddMembersMutationVariables; data: AddMembersMutation };
  BindPhone: { variables: BindPhoneMutationVariables; data: BindPhoneMutation };
  BindWechat: { variables: BindWechatMutationVariables; data: BindWechatMutation };
  ChangePassword: { variables: ChangePasswordMutationVariables; data: ChangePasswordMutation };
  Changes: { variables: ChangesQueryVariables; data: ChangesQuery };
  CompleteUpload: { variables: CompleteUploadMutationVariables; data: CompleteUploadMutation };
  CreateGroup: { variables: CreateGroupMutationVariables; data: CreateGroupMutation };
  CreateRecord: { variables: CreateRecordMutationVariables; data: CreateRecordMutation };
  CreateSession: { variables: CreateSessionMutationVariables; data: CreateSessionMutation };
  DeleteFile: { variables: DeleteFileMutationVariables; data: DeleteFileMutation };
  DeleteHealthData: { variables: DeleteHealthDataMutationVariables; data: DeleteHealthDataMutation };
  DeleteRecord: { variables: DeleteRecordMutationVariables; data: DeleteRecordMutation };
  DeleteSession: { variables: DeleteSessionMutationVariables; data: DeleteSessionMutation };
  File: { variables: FileQueryVariables; data: FileQuery };
  HealthData: { variables: HealthDataQueryVariables; data: HealthDataQuery };
  HealthDataChanges: { variables: HealthDataChangesQueryVariables; data: HealthDataChangesQuery };
  HealthStats: { variables: HealthStatsQueryVariables; data: HealthStatsQuery };
  LeaveGroup: { variables: LeaveGroupMutationVariables; data: LeaveGroupMutation };
  Login: { variables: LoginMutationVariables; data: LoginMutation };
  LoginWithPhone: { variables: LoginWithPhoneMutationVariables; data: LoginWithPhoneMutation };
  LoginWithWechat: { variables: LoginWithWechatMutationVariables; data: LoginWithWechatMutation };
  Logout: { variables: LogoutMutationVariables; data: LogoutMutation };
  MarkRead: { variables: MarkReadMutationVariables; data: MarkReadMutation };
  Me: { variables: MeQueryVariables; data: MeQuery };
  Message: { variables: MessageQueryVariables; data: MessageQuery };
  Messages: { variables: MessagesQueryVariables; data: MessagesQuery };
  RateReply: { variables: RateReplyMutationVariables; data: RateReplyMutation };
  RecallMessage: { variables: RecallMessageMutationVariables; data: RecallMessageMutation };
  Record: { variables: RecordQueryVariables; data: RecordQuery };
  Records: { variables: RecordsQueryVariables; data: RecordsQuery };
  RefreshToken: { variables: RefreshTokenMutationVariables; data: RefreshTokenMutation };
  RegenerateReply: { variables: RegenerateReplyMutationVariables; data: RegenerateReplyMutation };
  Register: { variables: RegisterMutationVariables; data: RegisterMutation };
  RemoveMember: { variables: RemoveMemberMutationVariables; data: RemoveMemberMutation };
  ReplyProgress: { variables: ReplyProgressQueryVariables; data: ReplyProgressQuery };
  RequestUpload: { variables: RequestUploadMutationVariables; data: RequestUploadMutation };
  ResetPassword: { variables: ResetPasswordMutationVariables; data: ResetPasswordMutation };
  SearchMessages: { variables: SearchMessagesQueryVariables; data: SearchMessagesQuery };
  SendImage: { variables: SendImageMutationVariables; data: SendImageMutation };
  SendText: { variables: SendTextMutationVariables; data: SendTextMutation };
  SendVerificationCode: { variables: SendVerificationCodeMutationVariables; data: SendVerificationCodeMutation };
  Session: { variables: SessionQueryVariables; data: SessionQuery };
  Sessions: { variables: SessionsQueryVariables; data: SessionsQuery };
  Start: { variables: StartQueryVariables; data: StartQuery };
  StopReply: { variables: StopReplyMutationVariables; data: StopReplyMutation };
  SummariseRecords: { variables: SummariseRecordsMutationVariables; data: SummariseRecordsMutation };
  TreasureBook: { variables: TreasureBookQueryVariables; data: TreasureBookQuery };
  TreasureBooks: { variables: TreasureBooksQueryVariables; data: TreasureBooksQuery };
  UpdateHealthData: { variables: UpdateHealthDataMutationVariables; data: UpdateHealthDataMutation };
  UpdateProfile: { variables: UpdateProfileMutationVariables; data: UpdateProfileMutation };
  UpdateRecord: { variables: UpdateRecordMutationVariables; data: UpdateRecordMutation };
  UpdateSession: { variables: UpdateSessionMutationVariables; data: UpdateSessionMutation };
  UpdateSettings: { variables: UpdateSettingsMutationVariables; data: UpdateSettingsMutation };
  UploadImage: { variables: UploadImageMutationVariables; data: UploadImageMutation };
  WatchEvents: { variables: WatchEventsSubscriptionVariables; data: WatchEventsSubscription };
  WatchReply: { variables: WatchReplySubscriptionVariables; data: WatchReplySubscription };
}
