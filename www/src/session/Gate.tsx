import { isGatepassError } from 'gatepass';
import { type SessionState, useSignIn } from 'gatepass/react';
import { useState } from 'react';

import type { DemoUser } from '../outputs';
import { SignIn } from './SignIn';

interface Props {
  users: DemoUser[];
  state: SessionState;
}

/** The sign-in, from the form to the session. Going back begins a new one. */
export function Gate(props: Props) {
  const [begun, setBegun] = useState(0);
  return (
    <SignInSteps
      key={begun}
      {...props}
      onBack={() => {
        setBegun(begun + 1);
      }}
    />
  );
}

function SignInSteps({ users, state, onBack }: Props & { onBack: () => void }) {
  const { step, pending, error, signIn, respondToChallenge } = useSignIn();
  const problem = error ?? (state.status === 'failed' ? state.error : null);
  return (
    <SignIn
      users={users}
      challenged={step?.status === 'challenge'}
      pending={pending}
      error={problem === null ? null : textOf(problem)}
      onSignIn={(username, password) => void signIn({ username, password })}
      onNewPassword={(newPassword) => void respondToChallenge({ newPassword })}
      onBack={onBack}
    />
  );
}

const textOf = (error: unknown) =>
  isGatepassError(error) ? { message: error.message, help: error.help } : { message: String(error), help: '' };
