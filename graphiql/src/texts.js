const WELCOME_ZH = `# 欢迎使用 Wellmate GraphiQL
#
# 1. 左侧「登录」：用管理员账号登录，
#    令牌会自动填入下方的 Headers。
# 2. 左侧「示例」：选一个现成的操作，
#    改好变量，按 Ctrl-Enter 执行。
# 3. 左侧「Docs」：查看全部类型与字段；
#    输入时按 Ctrl-Space 补全。

query Hello {
  serverTime
  assistants {
    slug
    roleName
  }
}
`;

const WELCOME_EN = `# Welcome to Wellmate GraphiQL
#
# 1. "Sign in" on the left: the token is
#    filled into the Headers below.
# 2. "Examples" on the left: choose one,
#    change its variables, press Ctrl-Enter.
# 3. "Docs" on the left: every type and field;
#    Ctrl-Space completes.

query Hello {
  serverTime
  assistants {
    slug
    roleName
  }
}
`;

const ZH = {
  welcome: WELCOME_ZH,
  signIn: '登录',
  signOut: '退出',
  username: '用户名',
  password: '密码',
  signInHint: '登录后，访问令牌会写入每个标签页的 Headers，到期前自动续期。关闭标签页后，令牌、历史和输入都不会保留。',
  signedInAs: (user) => `已登录：${user.nickname ?? user.username}（${user.accessRole}）`,
  validUntil: (time) => `令牌有效期至 ${time.toLocaleString('zh-CN')}，到期前自动续期`,
  examples: '示例',
  examplesHint: '点击示例会在新标签页中打开，变量在下方的 Variables 里修改。',
  socketClosed: (code, reason) => `连接已关闭（${code} ${reason}）${code === 4403 ? '：请先登录，或重新登录' : ''}`,
  groups: {
    providers: 'AI 服务商',
    prompts: '助手与提示词',
    books: '病友宝典',
    users: '用户',
    chat: '对话',
    operations: '日志与运行状况',
  },
};

const EN = {
  welcome: WELCOME_EN,
  signIn: 'Sign in',
  signOut: 'Sign out',
  username: 'Username',
  password: 'Password',
  signInHint:
    'The access token is written into the headers of every tab and renewed before it expires. Nothing is kept once the browser tab is closed.',
  signedInAs: (user) => `Signed in: ${user.nickname ?? user.username} (${user.accessRole})`,
  validUntil: (time) => `Valid until ${time.toLocaleString('en')}, renewed before that`,
  examples: 'Examples',
  examplesHint: 'An example opens in a new tab; change its values in Variables below.',
  socketClosed: (code, reason) => `The connection was closed (${code} ${reason})${code === 4403 ? ': please sign in again' : ''}`,
  groups: {
    providers: 'AI providers',
    prompts: 'Assistants and prompts',
    books: 'Treasure books',
    users: 'Users',
    chat: 'Chat',
    operations: 'Logs and health',
  },
};

export const language = navigator.language.startsWith('en') ? 'en' : 'zh-CN';
export const texts = language === 'en' ? EN : ZH;
