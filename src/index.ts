/**
 * The client library's door, for browsers and Node.
 * Lists what the library offers, one line for each module; each function takes the client first.
 * Does not do anything itself; nothing of the service, the host or Node can be reached from here.
 * Always: what is not used does not end up in a bundle.
 * Before: client/client.ts. After: xep/0369-core/client.ts, client/live-channel.ts.
 */
export * from './client/client.ts';
export * from './client/live.ts';
export * from './client/live-channel.ts';
export * from './client/live-private.ts';
export * from './xep/0030-disco/client.ts';
export * from './xep/0054-vcard/client.ts';
export * from './xep/0060-pubsub/client.ts';
export * from './xep/0084-avatar/client.ts';
export * from './xep/0085-states/client.ts';
export * from './xep/0191-blocking/client.ts';
export * from './xep/0280-carbons/client.ts';
export * from './xep/0308-correct/client.ts';
export * from './xep/0313-mam/client.ts';
export * from './xep/0333-markers/client.ts';
export * from './xep/0359-ids/client.ts';
export * from './xep/0363-upload/client.ts';
export * from './xep/0369-core/client.ts';
export * from './xep/0372-references/client.ts';
export * from './xep/0402-bookmarks/client.ts';
export * from './xep/0403-presence/client.ts';
export * from './xep/0404-anon/client.ts';
export * from './xep/0405-pam/client.ts';
export * from './xep/0406-admin/client.ts';
export * from './xep/0407-misc/client.ts';
export * from './xep/0424-retract/client.ts';
export * from './xep/0425-moderate/client.ts';
export * from './xep/0444-reactions/client.ts';
export * from './xep/0461-replies/client.ts';
export * from './xep/0490-displayed/client.ts';
export { el, type XmlElement } from './xml/element.ts';
