/**
 * The door: signing in, and making an account by an invite.
 * Shows the form that fits the page's address, and says what it keeps.
 * Does not log in (state/session.ts).
 * Always: what is kept on this device is said beside the choice, in plain words.
 * Before: state/session.ts. After: views/app.tsx.
 */
import type { ComponentChildren, JSX } from 'preact';
import { useSignal } from '@preact/signals';
import { parseInvite } from 'vizard';
import { Check, Field, Form } from '../parts/form.tsx';
import { Logo } from '../parts/mask.tsx';
import { fullAddress, signIn, signUp } from '../state/session.ts';
import { go, route } from '../state/route.ts';
import { site } from '../state/site.ts';

export function EntryView(): JSX.Element {
  const at = route.value;
  const isOpen = site.value.registration === 'open';
  const wantsAccount = useSignal(false);
  const isNew = at.at === 'invite' || wantsAccount.value;
  return (
    <main class="entry">
      <div class="entry-card">
        <header class="brand">
          <Logo />
          <div>
            <h1>Vizard</h1>
            <p class="soft">Talk freely, under a mask.</p>
          </div>
        </header>
        {at.at === 'join' && (
          <p class="note masked">
            You are on your way to <strong>{at.channel.split('@', 1)[0]}</strong>. Sign in, and you can choose
            what people there see of you before you join.
          </p>
        )}
        {isNew ? <SignUp token={at.at === 'invite' ? tokenOf(at.token) : undefined} /> : <SignInForm />}
        {isNew && (
          <Switch
            question="Have an account already?"
            answer="Sign in"
            onClick={() => {
              wantsAccount.value = false;
              if (at.at === 'invite') go({ at: 'home' });
            }}
          />
        )}
        {!isNew && isOpen && (
          <Switch question="New here?" answer="Make an account" onClick={() => (wantsAccount.value = true)} />
        )}
        {!isNew && !isOpen && <InviteHint />}
      </div>
    </main>
  );
}

function Switch(props: {
  readonly question: string;
  readonly answer: string;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <p class="soft small center">
      {props.question}{' '}
      <button type="button" class="link-button" onClick={props.onClick}>
        {props.answer}
      </button>
    </p>
  );
}

function InviteHint(): JSX.Element {
  const link = useSignal('');
  return (
    <details class="more">
      <summary>I have an invite</summary>
      <Form
        submit="Use the invite"
        onSubmit={() => {
          go({ at: 'invite', token: tokenOf(link.value.trim()) });
          return Promise.resolve();
        }}
      >
        <Field
          label="Invite link"
          value={link.value}
          onValue={(value) => (link.value = value)}
          isRequired
          hint="Whoever runs this server can send you one."
        />
      </Form>
    </details>
  );
}

/** The token of an invite, from a link or as it stands. */
function tokenOf(text: string): string {
  const found = /\/invite\/([^/?#]+)/.exec(text)?.[1];
  return found ?? parseInvite(text)?.token ?? text;
}

function SignInForm(): JSX.Element {
  const account = useSignal('');
  const password = useSignal('');
  const endpoint = useSignal('');
  const stays = useSignal(false);
  const { domain } = site.value;
  const submit = (): Promise<void> =>
    signIn({
      account: fullAddress(account.value),
      password: password.value,
      stays: stays.value,
      ...(endpoint.value.trim() === '' ? {} : { endpoint: endpoint.value.trim() }),
    });
  return (
    <Form submit="Sign in" onSubmit={submit}>
      <Field
        label="Your address"
        value={account.value}
        onValue={(value) => (account.value = value)}
        autocomplete="username"
        isRequired
        isFirst
        placeholder={domain === undefined ? 'you@your.server' : `you@${domain}`}
        hint={domain === undefined ? undefined : `A name alone is one of ${domain}.`}
      />
      <Password value={password.value} onValue={(value) => (password.value = value)} isNew={false} />
      <StaySignedIn isChecked={stays.value} onChecked={(value) => (stays.value = value)} />
      <details class="more">
        <summary>Another server</summary>
        <Field
          label="Where to connect"
          type="url"
          value={endpoint.value}
          onValue={(value) => (endpoint.value = value)}
          placeholder="wss://your.server/xmpp-websocket"
          hint="Only if your server cannot be found from your address. It has to know WebSocket and channels (MIX-PAM). This page’s own server may forbid it to connect elsewhere."
        />
      </details>
    </Form>
  );
}

function SignUp({ token }: { readonly token: string | undefined }): JSX.Element {
  const name = useSignal('');
  const password = useSignal('');
  const stays = useSignal(false);
  const { domain = location.hostname } = site.value;
  const submit = async (): Promise<void> => {
    const [local = ''] = name.value.trim().split('@', 1);
    await signUp({ account: `${local}@${domain}`, password: password.value, stays: stays.value, token });
    if (route.value.at === 'invite') go({ at: 'home' }, 'replace');
  };
  return (
    <Form submit="Make the account" onSubmit={submit}>
      <h2>{token === undefined ? 'Make an account' : 'You are invited'}</h2>
      <Field
        label="Name of the account"
        value={name.value}
        onValue={(value) => (name.value = value)}
        autocomplete="username"
        isRequired
        isFirst
        lengthMax={200}
        hint={
          <>
            Your address will be{' '}
            <span class="address">{`${name.value.trim() === '' ? 'name' : name.value.trim()}@${domain}`}</span>
            . In masked channels nobody sees it but owners and administrators: there you choose another name.
          </>
        }
      />
      <Password value={password.value} onValue={(value) => (password.value = value)} isNew />
      <StaySignedIn isChecked={stays.value} onChecked={(value) => (stays.value = value)} />
    </Form>
  );
}

interface PasswordProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly isNew: boolean;
}

function Password({ value, onValue, isNew }: PasswordProps): JSX.Element {
  const hint: ComponentChildren = isNew
    ? 'At least 8 characters. A few words in a row are easy to keep.'
    : undefined;
  return (
    <Field
      label="Password"
      type="password"
      value={value}
      onValue={onValue}
      autocomplete={isNew ? 'new-password' : 'current-password'}
      isRequired
      {...(isNew ? { lengthMin: 8, hint } : {})}
    />
  );
}

function StaySignedIn(props: {
  readonly isChecked: boolean;
  readonly onChecked: (value: boolean) => void;
}): JSX.Element {
  return (
    <Check
      label="Stay signed in on this device"
      hint={
        props.isChecked
          ? 'This browser keeps a key to your account until you sign out. It is not your password, but whoever uses this browser can open your account with it.'
          : 'This tab keeps a key to your account, so that you can reload it. It is gone when you close the tab. Your password is not kept.'
      }
      isChecked={props.isChecked}
      onChecked={props.onChecked}
    />
  );
}
