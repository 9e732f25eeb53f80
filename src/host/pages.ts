/**
 * The host's few pages.
 * Owns their text and their style; every value in them is escaped.
 * Does not answer requests (http.ts).
 * Always: no script, no inline style, nothing from another address; forms work without either.
 * Before: host/http.ts.
 */
import { html } from 'hono/html';

type Html = ReturnType<typeof html>;

/** What the pages tell about this host. */
export interface HostFacts {
  readonly domain: string;
  readonly serviceDomain: string;
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  readonly tcpAddress: string;
  readonly tcpHasTls: boolean;
  readonly registration: 'invite' | 'open' | 'closed';
  readonly passwordCharactersMin: number;
  readonly hasUploads: boolean;
  readonly version: string;
}

export const styleSheet = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 38rem; margin: 3rem auto; padding: 0 1rem; }
code { overflow-wrap: anywhere; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input { font: inherit; padding: .4rem; width: 100%; box-sizing: border-box; }
button { font: inherit; margin-top: 1.5rem; padding: .5rem 1.5rem; }
.error { border-left: .3rem solid #b00020; padding: .25rem .75rem; }
`;

export function startPage(facts: HostFacts): Html {
  return page(
    'Vizard is running',
    html`<p>This is a small XMPP server with channels in which addresses stay hidden.</p>
      ${howToConnect(facts)} ${registrationHint(facts)}`,
  );
}

/** The form that makes an account; `action` is where it is sent to. */
export function accountForm(facts: HostFacts, action: string, problem?: string, name = ''): Html {
  return page(
    'Create an account',
    html`<p>Your address will be <code>name@${facts.domain}</code>.</p>
      ${problem === undefined ? '' : html`<p class="error" role="alert">${problem}</p>`}
      <form method="post" action="${action}">
        <label for="name">Name</label>
        <input
          id="name"
          name="name"
          required
          maxlength="200"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          value="${name}"
        />
        <label for="password">Password (at least ${facts.passwordCharactersMin} characters)</label>
        <input
          id="password"
          name="password"
          type="password"
          required
          minlength="${facts.passwordCharactersMin}"
          autocomplete="new-password"
        />
        <button type="submit">Create account</button>
      </form>`,
  );
}

export function accountMade(facts: HostFacts, name: string): Html {
  return page(
    'Your account is ready',
    html`<p>Your address is <code>${name}@${facts.domain}</code>.</p>
      ${howToConnect(facts)}`,
  );
}

export function problemPage(title: string, text: string): Html {
  return page(title, html`<p>${text}</p>`);
}

function howToConnect(facts: HostFacts): Html {
  return html`<h2>Connect a client</h2>
    <dl>
      <dt>Address</dt>
      <dd><code>name@${facts.domain}</code></dd>
      <dt>WebSocket</dt>
      <dd><code>${facts.webSocketUrl}</code></dd>
      <dt>TCP, ${facts.tcpHasTls ? 'with STARTTLS or TLS at once' : 'without TLS'}</dt>
      <dd><code>${facts.tcpAddress}</code></dd>
      <dt>Channels</dt>
      <dd><code>${facts.serviceDomain}</code></dd>
    </dl>`;
}

function registrationHint({ registration }: HostFacts): Html {
  if (registration === 'open') return html`<p><a href="/register">Create an account</a></p>`;
  if (registration === 'closed') return html`<p>Accounts are made by the person who runs this server.</p>`;
  return html`<p>To get an account, ask the person who runs this server for an invite link.</p>`;
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Vizard</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}
