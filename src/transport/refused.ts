/**
 * What a server's refusal means for the operator.
 * Says in plain words why the link could not be made, which key to change, and what the server's config should hold.
 * Does not connect or wait (component.ts).
 * Always: the secret is never part of the text; only a refusal that time cannot heal is `isFinal`.
 * Before: transport/stream-error.ts. After: transport/component.ts.
 */
import type { StreamError } from './stream-error.ts';

export interface Verdict {
  readonly text: string;
  /** Trying again cannot help before somebody changes a config. */
  readonly isFinal: boolean;
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
}

/** What the server's stream error means when it comes before the link was up. */
export function explainRefusal(error: StreamError, target: Target): Verdict {
  const { host, port, domain } = target;
  const server = `the XMPP server at ${host}:${port}`;
  const said = error.text === '' ? error.condition : `${error.condition}: ${error.text}`;
  switch (error.condition) {
    case 'not-authorized':
      return {
        text: `${server} does not accept our secret for ${domain}, or has no component of that name (${said}). Make "secret" in [server] (or VIZARD_SERVER__SECRET) the same as in the server's config. ${snippet(target)}`,
        isFinal: true,
      };
    case 'host-unknown':
    case 'host-gone':
    case 'improper-addressing':
      return {
        text: `${server} has no component named ${domain} (${said}). Add it to the server's config, or correct "domain" in [service]; "port" in [server] has to be the server's component port. ${snippet(target)}`,
        isFinal: true,
      };
    case 'invalid-namespace':
      return {
        text: `port ${port} of ${host} is not for components (${said}), but perhaps for clients or other servers. Set "port" in [server] to the server's component port (Prosody: component_ports, 5347 unless set; ejabberd: the listener with "module: ejabberd_service").`,
        isFinal: true,
      };
    case 'conflict':
      return {
        text: `another connection already speaks for ${domain} on ${server} (${said}). Is another Vizard running with this config, or is that one of the server's own domains? Trying again.`,
        isFinal: false,
      };
    default:
      return { text: `${server} ended the connection (${said}).`, isFinal: false };
  }
}

function snippet({ port, domain }: Target): string {
  const name = JSON.stringify(domain);
  return [
    `Prosody: Component ${name} component_secret = "..."`,
    `ejabberd, under "listen:": - {port: ${port}, module: ejabberd_service, hosts: {${name}: {password: "..."}}}`,
  ].join('   ');
}
