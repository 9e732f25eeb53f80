/**
 * Files that somebody is about to send.
 * Owns those of each conversation: made ready, uploaded to the person's own server, and then told to the conversation.
 * Does not draw them (parts/attachments.tsx).
 * Always: in memory only; the name stays here; a picture is drawn anew before any byte of it leaves; a file whose upload
 * failed stays until it is sent or taken away.
 * Before: files/redraw.ts. After: parts/attachments.tsx.
 */
import { signal, type Signal } from '@preact/signals';
import { fileMessage, findUploadService, upload, type Client, type UploadService } from 'vizard';
import { isPicture, plainName } from '../files/kinds.ts';
import { redraw } from '../files/redraw.ts';
import type { Conversation } from './live.ts';
import { problemOf } from './notices.ts';
import { session } from './session.ts';

export type AttachmentState =
  | { readonly is: 'preparing' }
  | { readonly is: 'ready' }
  | { readonly is: 'waiting' }
  | { readonly is: 'sending'; readonly share: number }
  /** `isFinal`: trying again would not help. */
  | { readonly is: 'failed'; readonly problem: string; readonly isFinal: boolean };

export interface Attachment {
  readonly key: number;
  /** For the person's own eyes. */
  readonly name: string;
  readonly state: Signal<AttachmentState>;
  /** What is sent; undefined while it is made ready. */
  readonly body: Signal<Blob | undefined>;
  readonly isPicture: Signal<boolean>;
  /** Resolves when it is ready, or never will be. */
  prepared: Promise<void>;
}

/** Where files go; undefined while that is not known, and where the server takes none. */
export const uploadService = signal<UploadService | undefined>(undefined);

const all = new Map<string, Signal<readonly Attachment[]>>();
let last = 0;

export function attachmentsOf(conversation: string): Signal<readonly Attachment[]> {
  const known = all.get(conversation) ?? signal([]);
  all.set(conversation, known);
  return known;
}

export function followUploads(client: Client): () => void {
  const ask = (): void =>
    void findUploadService(client).then(
      (found) => (uploadService.value = found),
      () => undefined,
    );
  const stop = client.on('fresh', ask);
  if (client.state.is === 'online') ask();
  return () => {
    stop();
    uploadService.value = undefined;
    all.clear();
  };
}

export function attach(conversation: string, files: Iterable<File>): void {
  const list = attachmentsOf(conversation);
  for (const file of files) {
    const attachment: Attachment = {
      key: (last += 1),
      name: file.name,
      state: signal({ is: 'preparing' }),
      body: signal(undefined),
      isPicture: signal(false),
      prepared: Promise.resolve(),
    };
    list.value = [...list.value, attachment];
    attachment.prepared = prepare(attachment, file).catch((error: unknown) =>
      fail(attachment, problemOf(error), true),
    );
  }
}

async function prepare(attachment: Attachment, file: File): Promise<void> {
  const picture = await isPicture(file);
  attachment.isPicture.value = picture;
  const body = picture ? await redraw(file) : file;
  const most = uploadService.peek()?.maxSize ?? Infinity;
  if (body.size === 0) throw new Error('this file is empty.');
  if (body.size > most) throw new Error(`your server takes files of up to ${megabytes(most)}.`);
  attachment.body.value = body;
  // Whoever pressed Enter meanwhile has said already that it is to be sent.
  if (attachment.state.value.is === 'preparing') attachment.state.value = { is: 'ready' };
}

export function detach(conversation: string, attachment: Attachment): void {
  const list = attachmentsOf(conversation);
  list.value = list.value.filter((one) => one !== attachment);
}

/** Sends what can be sent, one after the other, so that they arrive in this order. */
export async function sendAttachments(conversation: Conversation): Promise<void> {
  const waiting = attachmentsOf(conversation.key).value.filter(isSendable);
  for (const { state } of waiting) state.value = { is: 'waiting' };
  for (const attachment of waiting) await send(conversation, attachment);
}

export function isSendable({ state }: Attachment): boolean {
  const { is } = state.value;
  return is === 'preparing' || is === 'ready' || (state.value.is === 'failed' && !state.value.isFinal);
}

async function send(conversation: Conversation, attachment: Attachment): Promise<void> {
  const { client } = session.value ?? {};
  const { name, state } = attachment;
  await attachment.prepared;
  const body = attachment.body.value;
  const list = attachmentsOf(conversation.key);
  const isWanted = (): boolean => list.value.includes(attachment);
  if (client === undefined || body === undefined || !isWanted()) return;
  try {
    const file = { name: plainName(body.type, name), size: body.size, type: body.type, body };
    const url = await upload(client, file, (share) => (state.value = { is: 'sending', share }));
    // Whoever took it away meanwhile does not want it to be seen.
    if (!isWanted()) return;
    conversation.live.send(fileMessage(url));
    detach(conversation.key, attachment);
  } catch (error) {
    fail(attachment, problemOf(error), false);
  }
}

function fail({ state }: Attachment, problem: string, isFinal: boolean): void {
  state.value = { is: 'failed', problem, isFinal };
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / 1_048_576)} MB`;
}
