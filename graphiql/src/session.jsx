import { Button, pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
// The documents that every server knows, also one that is closed to all others.
import { Login, RefreshToken } from '../../clients/miniprogram/wellmate/operations.js';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { post } from './fetcher.js';
import { withAuthorization } from './headers.js';
import { texts } from './texts.js';

const EARLY_MS = 60_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const Session = createContext(null);

/** Who is signed in, for the panel; kept in memory only, so the refresh token is never written anywhere. */
export function SessionProvider({ endpoint, children }) {
  const [session, setSession] = useState(null);
  const value = useMemo(() => ({ endpoint, session, setSession }), [endpoint, session]);
  return <Session.Provider value={value}>{children}</Session.Provider>;
}

async function askForTokens(endpoint, { text, name }, variables) {
  const answer = await post(endpoint, { query: text, operationName: name, variables });
  if (answer.errors) throw new Error(answer.errors[0].message);
  return Object.values(answer.data)[0];
}

function useStaySignedIn() {
  const { endpoint, session, setSession } = useContext(Session);
  useEffect(() => {
    if (!session) return undefined;
    const renew = () =>
      askForTokens(endpoint, RefreshToken, { refreshToken: session.refreshToken }).then(setSession, () => setSession(null));
    const wait = Math.max(EARLY_MS, Date.parse(session.accessExpiresAt) - Date.now() - EARLY_MS);
    const timer = setTimeout(renew, Math.min(wait, LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [endpoint, session, setSession]);
}

/** Writes the token into the headers of the tab in front, and of every tab that comes to the front later. */
function useTokenInHeaders() {
  const { session } = useContext(Session);
  const { introspect } = useGraphiQLActions();
  const { headerEditor, activeTabIndex } = useGraphiQL(pick('headerEditor', 'activeTabIndex'));
  const token = session?.accessToken;
  const user = session?.user.username;
  useEffect(() => {
    if (token && headerEditor) headerEditor.setValue(withAuthorization(headerEditor.getValue(), token));
  }, [token, headerEditor, activeTabIndex]);
  useEffect(() => {
    if (user && headerEditor) introspect();
  }, [user, headerEditor, introspect]);
}

/** Lives beside the logo, so that the token is kept fresh whichever panel is open. */
export function KeepSession() {
  useStaySignedIn();
  useTokenInHeaders();
  return null;
}

function SignInForm() {
  const { endpoint, setSession } = useContext(Session);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    try {
      setSession(await askForTokens(endpoint, Login, Object.fromEntries(form)));
    } catch (failure) {
      setProblem(failure.message);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="wellmate-form" onSubmit={submit}>
      <label>
        {texts.username}
        <input name="username" autoComplete="username" required />
      </label>
      <label>
        {texts.password}
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      <Button type="submit" disabled={busy}>
        {texts.signIn}
      </Button>
      {problem && <p role="alert">{problem}</p>}
    </form>
  );
}

function SignedIn() {
  const { session, setSession } = useContext(Session);
  const { headerEditor } = useGraphiQL(pick('headerEditor'));
  const signOut = () => {
    headerEditor?.setValue(withAuthorization(headerEditor.getValue(), null));
    setSession(null);
  };
  return (
    <>
      <p role="status">{texts.signedInAs(session.user)}</p>
      <p>{texts.validUntil(new Date(session.accessExpiresAt))}</p>
      <Button onClick={signOut}>{texts.signOut}</Button>
    </>
  );
}

function SignInPanel() {
  const { session } = useContext(Session);
  return (
    <section className="wellmate-panel" aria-label={texts.signIn}>
      <h2>{texts.signIn}</h2>
      {session ? <SignedIn /> : <SignInForm />}
      <p className="wellmate-hint">{texts.signInHint}</p>
    </section>
  );
}

const KeyIcon = () => (
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6">
    <circle cx="8" cy="15" r="4" />
    <path d="M11 12 20 3M16 7l3 3M13.5 9.5l2 2" />
  </svg>
);

export const SIGN_IN_PLUGIN = { title: texts.signIn, icon: KeyIcon, content: SignInPanel };
