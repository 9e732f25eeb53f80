/**
 * Accounts from forms of the plain pages.
 * Shows the form to whoever may make an account, and makes the account that it asks for.
 * Does not decide who may (registration.ts) nor say what stands on the pages (pages.ts).
 * Always: a form from another site is refused.
 * Before: host/http.ts. After: host/registration.ts.
 */
import type { Context as HonoContext, Hono } from 'hono';
import type { Log } from '../transport/log.ts';
import { AccountRefused } from './accounts.ts';
import type { Env } from './http-env.ts';
import { accountForm, accountMade, problemPage, type HostFacts } from './pages.ts';
import type { Permit, Registrar } from './registration.ts';

export interface FormParts {
  readonly registrar: Registrar;
  readonly log: Log;
  readonly facts: () => HostFacts;
}

type Request = HonoContext<Env>;

export function addForms(app: Hono<Env>, parts: FormParts): void {
  const { facts, registrar } = parts;
  app.get('/invite/:token', (c) => {
    const { token } = c.req.param();
    return registrar.withToken(token) === undefined ? bad(c) : c.html(accountForm(facts(), pathOf(token)));
  });
  app.post('/invite/:token', (c) => {
    const { token } = c.req.param();
    const permit = registrar.withToken(token);
    return permit === undefined ? bad(c) : register(c, parts, pathOf(token), permit);
  });
  app.get('/register', (c) =>
    registrar.open === undefined ? c.notFound() : c.html(accountForm(facts(), '/register')),
  );
  app.post('/register', (c) => {
    const permit = registrar.open;
    return permit === undefined ? c.notFound() : register(c, parts, '/register', permit);
  });
}

function pathOf(token: string): string {
  return `/invite/${encodeURIComponent(token)}`;
}

function bad(c: Request): Response | Promise<Response> {
  return c.html(
    problemPage('This invite cannot be used', 'It has been used, has expired, or never was.'),
    404,
  );
}

/** Makes the account that a form asks for. */
async function register(c: Request, parts: FormParts, action: string, permit: Permit): Promise<Response> {
  if (!isFromHere(c)) return c.html(problemPage('Refused', 'The form came from another site.'), 403);
  const form = new URLSearchParams(await c.req.text());
  const [name, password] = [form.get('name') ?? '', form.get('password') ?? ''];
  try {
    const peer = c.env.incoming.socket.remoteAddress ?? '';
    const prepared = await parts.registrar.register(peer, permit, name, password);
    parts.log.info({}, 'an account was made');
    return await c.html(accountMade(parts.facts(), prepared), 201);
  } catch (error) {
    if (!(error instanceof AccountRefused)) throw error;
    const again = (problem: string, status: 400 | 409) =>
      c.html(accountForm(parts.facts(), action, problem, name.slice(0, 200)), status);
    if (error.why === 'permit') return bad(c);
    if (error.why === 'often')
      return c.html(problemPage('Too many tries', 'Please wait a minute and try again.'), 429);
    if (error.why === 'taken') return again('This name is taken.', 409);
    return again(`Not possible: ${error.message}.`, 400);
  }
}

/** A browser says where a form comes from; only ours may make accounts. */
function isFromHere(c: Request): boolean {
  const site = c.req.header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = c.req.header('origin');
  return origin === undefined || origin.replace(/^https?:\/\//, '') === c.req.header('host');
}
