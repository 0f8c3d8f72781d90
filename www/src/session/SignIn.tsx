import { type SubmitEvent, useState } from 'react';

import type { DemoUser } from '../outputs';
import { useTexts } from '../texts';

interface Props {
  users: DemoUser[];
  challenged: boolean;
  pending: boolean;
  error: { message: string; help: string } | null;
  onSignIn: (username: string, password: string) => void;
  onNewPassword: (newPassword: string) => void;
  onBack: () => void;
}

/** The sign-in form, and the step at which Cognito asks for a new password. */
export function SignIn({ users, challenged, pending, error, onSignIn, onNewPassword, onBack }: Props) {
  const { t, of } = useTexts();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');

  const offered = users.find((user) => user.username === username);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (pending) return;
    if (challenged) onNewPassword(newPassword);
    else onSignIn(username, password);
  };

  return (
    <section className="pass" aria-labelledby="sign-in-heading">
      <header>
        <h2 id="sign-in-heading">{t.signIn.heading}</h2>
      </header>
      <form className="pass-body" onSubmit={submit}>
        {challenged ? (
          <>
            <p className="note">{t.signIn.newPasswordNote}</p>
            {/* A password manager needs the user name beside the new password. */}
            <input className="unseen" aria-hidden="true" tabIndex={-1} readOnly autoComplete="username" value={username} />
            <label className="field">
              {t.signIn.newPassword}
              <input
                type="password"
                autoComplete="new-password"
                required
                value={newPassword}
                onChange={(event) => {
                  setNewPassword(event.target.value);
                }}
              />
            </label>
          </>
        ) : (
          <>
            <fieldset className="offers" disabled={pending}>
              <legend className="label">{t.signIn.who}</legend>
              {users.map((user) => (
                <button
                  key={user.username}
                  type="button"
                  aria-pressed={user.username === username && user.password === password}
                  onClick={() => {
                    setUsername(user.username);
                    setPassword(user.password);
                  }}
                >
                  <strong>{user.username}</strong>
                  <span>{t.roles[user.role]}</span>
                </button>
              ))}
            </fieldset>
            <label className="field">
              {t.signIn.username}
              <input
                type="text"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                required
                value={username}
                onChange={(event) => {
                  setUsername(event.target.value);
                }}
              />
            </label>
            <label className="field">
              {t.signIn.password}
              <input
                type="password"
                autoComplete="current-password"
                required
                value={password}
                onChange={(event) => {
                  setPassword(event.target.value);
                }}
              />
            </label>
            {offered && <p className="note">{of(offered.about)}</p>}
          </>
        )}
        {error && (
          <p className="problem" role="alert">
            <strong>{error.message}</strong> {error.help}
          </p>
        )}
        <div className="buttons">
          <button type="submit" className="primary" aria-disabled={pending}>
            {pending ? t.signIn.working : challenged ? t.signIn.setPassword : t.signIn.submit}
          </button>
          {challenged && (
            <button type="button" onClick={onBack}>
              {t.signIn.back}
            </button>
          )}
        </div>
        {!challenged && <p className="note">{t.signIn.note}</p>}
      </form>
    </section>
  );
}
