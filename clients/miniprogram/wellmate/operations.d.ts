// Made by `npm run compile` from operations/*.graphql.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'CONTENT_BLOCKED'
  | 'PAYLOAD_TOO_LARGE'
  | 'QUERY_TOO_COMPLEX'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_TIMEOUT'
  | 'INTERNAL_SERVER_ERROR'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'BAD_REQUEST';

export type CareRole =
  | 'PATIENT'
  | 'DOCTOR'
  | 'AI_ASSISTANT';

export type Gender =
  | 'MALE'
  | 'FEMALE'
  | 'OTHER';

export type SessionKind =
  | 'ASSISTANT'
  | 'GROUP';

/** AUTO: patients' messages go to the AI, doctors' do not. MENTION: only when the AI is addressed. OFF: never */
export type AiMode =
  | 'AUTO'
  | 'MENTION'
  | 'OFF';

export type MessageKind =
  | 'TEXT'
  | 'IMAGE'
  | 'AI_REPLY'
  | 'SYSTEM';

export type MessageState =
  | 'SENT'
  | 'PENDING'
  | 'STREAMING'
  | 'COMPLETE'
  | 'STOPPED'
  | 'FAILED'
  | 'RECALLED';

export type Rating =
  | 'LIKE'
  | 'DISLIKE';

export type Metric =
  | 'BLOOD_PRESSURE'
  | 'HEART_RATE'
  | 'BLOOD_GLUCOSE'
  | 'BODY_WEIGHT'
  | 'BODY_HEIGHT'
  | 'BMI'
  | 'BODY_TEMPERATURE'
  | 'OXYGEN_SATURATION'
  | 'RESPIRATORY_RATE'
  | 'STEPS'
  | 'SLEEP_DURATION'
  | 'TOTAL_CHOLESTEROL'
  | 'URIC_ACID'
  | 'MOOD_SCORE';

export type Interpretation =
  | 'CRITICAL_LOW'
  | 'LOW'
  | 'NORMAL'
  | 'HIGH'
  | 'CRITICAL_HIGH';

export type DataSource =
  | 'MANUAL'
  | 'DEVICE'
  | 'IMPORT';

export type Bucket =
  | 'HOUR'
  | 'DAY'
  | 'WEEK'
  | 'MONTH';

export type RecordKind =
  | 'NOTE'
  | 'SYMPTOM'
  | 'VISIT'
  | 'MEDICATION'
  | 'REPORT'
  | 'MOOD'
  | 'DIET'
  | 'EXERCISE';

export type FilePurpose =
  | 'CHAT_IMAGE'
  | 'AVATAR'
  | 'REPORT'
  | 'TREASURE_BOOK';

export type FileState =
  | 'PENDING'
  | 'READY'
  | 'REJECTED'
  | 'DELETED';

export type CodePurpose =
  | 'REGISTER'
  | 'LOGIN'
  | 'BIND_PHONE'
  | 'RESET_PASSWORD';

export type UserSettingsInput = {
  locale?: string | null | undefined;
  timezone?: string | null | undefined;
  fontScale?: number | null | undefined;
  notify?: boolean | null | undefined;
};

export type RegisterInput = {
  /** username and password, or phone and smsCode, or all four */
  username?: string | null | undefined;
  password?: string | null | undefined;
  phone?: string | null | undefined;
  smsCode?: string | null | undefined;
  nickname?: string | null | undefined;
  fullName?: string | null | undefined;
  gender?: Gender | null | undefined;
  age?: number | null | undefined;
  birthDate?: string | null | undefined;
};

export type ProfileInput = {
  nickname?: string | null | undefined;
  avatarFileId?: string | number | null | undefined;
  fullName?: string | null | undefined;
  gender?: Gender | null | undefined;
  birthDate?: string | null | undefined;
};

export type SendTextInput = {
  /** absent: a new session with `assistant` */
  sessionId?: string | number | null | undefined;
  assistant?: string | null | undefined;
  text: string;
  /** idempotency key of the client, unique per sender and session */
  clientKey: string;
  /** true: answer only when the reply is complete (or failed) */
  wait?: boolean | null | undefined;
};

export type SendImageInput = {
  sessionId?: string | number | null | undefined;
  assistant?: string | null | undefined;
  fileIds: Array<string | number>;
  text?: string | null | undefined;
  clientKey: string;
  wait?: boolean | null | undefined;
};

export type ObservationInput = {
  metric: Metric;
  value?: string | null | undefined;
  systolic?: string | null | undefined;
  diastolic?: string | null | undefined;
  /** UCUM; converted to the metric's own unit */
  unit?: string | null | undefined;
  effectiveAt: string;
  source?: DataSource | null | undefined;
  /** the device's own id: sent twice, stored once */
  sourceKey?: string | null | undefined;
  note?: string | null | undefined;
};

export type RecordInput = {
  kind: RecordKind;
  title: string;
  body?: string | null | undefined;
  occurredAt?: string | null | undefined;
  tags?: Array<string> | null | undefined;
  fileIds?: Array<string | number> | null | undefined;
};

export type LoginWithWechatMutationVariables = Exact<{
  code: string;
  phoneCode?: string | null | undefined;
}>;


export type LoginWithWechatMutation = { loginWithWechat: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LoginMutationVariables = Exact<{
  username: string;
  password: string;
}>;


export type LoginMutation = { login: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LoginWithPhoneMutationVariables = Exact<{
  phone: string;
  smsCode: string;
}>;


export type LoginWithPhoneMutation = { loginWithPhone: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type RegisterMutationVariables = Exact<{
  input: RegisterInput;
}>;


export type RegisterMutation = { register: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type RefreshTokenMutationVariables = Exact<{
  refreshToken: string;
}>;


export type RefreshTokenMutation = { refreshToken: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type LogoutMutationVariables = Exact<{
  allDevices?: boolean | null | undefined;
}>;


export type LogoutMutation = { logout: boolean };

export type ChangePasswordMutationVariables = Exact<{
  old?: string | null | undefined;
  new: string;
}>;


export type ChangePasswordMutation = { changePassword: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type ResetPasswordMutationVariables = Exact<{
  phone: string;
  smsCode: string;
  new: string;
}>;


export type ResetPasswordMutation = { resetPassword: { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } } };

export type SendVerificationCodeMutationVariables = Exact<{
  phone: string;
  purpose: CodePurpose;
}>;


export type SendVerificationCodeMutation = { sendVerificationCode: boolean };

export type BindWechatMutationVariables = Exact<{
  code: string;
}>;


export type BindWechatMutation = { bindWechat: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type BindPhoneMutationVariables = Exact<{
  phone?: string | null | undefined;
  smsCode?: string | null | undefined;
  wechatPhoneCode?: string | null | undefined;
}>;


export type BindPhoneMutation = { bindPhone: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type MeQueryVariables = Exact<{ [key: string]: never; }>;


export type MeQuery = { me: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, settings: { locale: string, timezone: string, fontScale: number, notify: boolean }, devices: Array<{ id: string, name: string | null, lastUsedAt: string | null, current: boolean }>, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null };

export type UpdateProfileMutationVariables = Exact<{
  input: ProfileInput;
}>;


export type UpdateProfileMutation = { updateProfile: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

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
      | { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
      | { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
      | { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } }
      | { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } }
    > } };

export type WatchReplySubscriptionVariables = Exact<{
  messageId: string | number;
  after?: string | null | undefined;
}>;


export type WatchReplySubscription = { replyStream:
    | { __typename: 'ReplyDelta', cursor: string, text: string }
    | { __typename: 'ReplyReset', cursor: string, text: string }
    | { __typename: 'ReplyDone', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'ReplyFailed', cursor: string, code: ErrorCode, retryable: boolean, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
   };

export type WatchEventsSubscriptionVariables = Exact<{
  after?: string | null | undefined;
}>;


export type WatchEventsSubscription = { userEvents:
    | { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } }
    | { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } }
    | { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } }
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

export type UserFieldsFragment = { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type TokensFragment = { accessToken: string, accessExpiresAt: string, refreshToken: string, refreshExpiresAt: string, isNewUser: boolean, user: { id: string, username: string | null, nickname: string | null, phone: string | null, fullName: string | null, gender: Gender | null, birthDate: string | null, age: number | null, careRole: CareRole, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } };

export type PersonFragment = { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null };

export type MessageFieldsFragment = { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null };

export type SessionFieldsFragment = { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null };

export type SentFragment = { duplicate: boolean, session: { id: string, title: string | null, kind: SessionKind, lastSeq: number }, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null }, reply: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } | null };

type Event_MessageAdded_Fragment = { __typename: 'MessageAdded', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

type Event_MessageUpdated_Fragment = { __typename: 'MessageUpdated', cursor: string, message: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, senderRole: CareRole, errorCode: ErrorCode | null, createdAt: string, updatedAt: string, session: { id: string }, sender: { id: string, nickname: string | null, avatar: { id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string } | null } | null, files: Array<{ id: string, url: string, mime: string, bytes: number, width: number | null, height: number | null, state: FileState, thumbnail: string }>, replyTo: { id: string, seq: number, content: string } | null, citations: Array<{ index: number, title: string, snippet: string | null, url: string | null }>, myFeedback: { rating: Rating, reasons: Array<string>, comment: string | null } | null } };

type Event_ReadAdvanced_Fragment = { __typename: 'ReadAdvanced', cursor: string, userId: string, readSeq: number, session: { id: string, unreadCount: number } };

type Event_MembersChanged_Fragment = { __typename: 'MembersChanged', cursor: string, session: { id: string, kind: SessionKind, title: string | null, description: string | null, aiMode: AiMode, lastSeq: number, unreadCount: number, pinned: boolean, archived: boolean, createdAt: string, updatedAt: string, assistant: { slug: string, roleName: string } | null, lastMessage: { id: string, seq: number, kind: MessageKind, state: MessageState, content: string, createdAt: string } | null } };

export type EventFragment =
  | Event_MessageAdded_Fragment
  | Event_MessageUpdated_Fragment
  | Event_ReadAdvanced_Fragment
  | Event_MembersChanged_Fragment
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
