/**
 * RFC 6120 §13.12: how much one client may ask of the host.
 * Owns every limit of this folder, with its unit in its name, and the values that are used when nothing is set.
 * Does not enforce any; each is enforced where the name is read.
 * Always: whatever a client can make grow has a number here.
 * Before: host/host.ts. After: host/stream.ts.
 */

export interface HostLimits {
  /** One stanza of a client that has logged in. */
  readonly stanzaBytesMax: number;
  /** Everything that a connection may send before it has logged in. */
  readonly unauthenticatedBytesMax: number;
  readonly connectionsMax: number;
  readonly unauthenticatedConnectionsMax: number;
  /** From the connection to the end of the log-in. */
  readonly authenticateMs: number;
  readonly loginTriesPerConnectionMax: number;
  /** Failed tries for one name from one address. */
  readonly loginFailuresPerMinuteMax: number;
  readonly sessionsPerAccountMax: number;
  /** Above it, reading waits. */
  readonly stanzasPerSecondMax: number;
  /** What waits for a client that does not read; above it, the connection ends. */
  readonly outgoingBytesMax: number;
  /** How often a quiet connection is checked; two silent checks in a row end it. */
  readonly idleMs: number;
  /** How long a client whose connection broke may take to come back to its session (XEP-0198). */
  readonly resumeMs: number;
  /** What is kept for a client that is there until it acknowledges it; above it, the session ends. */
  readonly unacknowledgedStanzasMax: number;
  readonly unacknowledgedBytesMax: number;
  /** Acknowledgement is asked for after so many stanzas, or so long after the first of fewer; once at a time. */
  readonly ackRequestStanzas: number;
  readonly ackRequestMs: number;
  /** What is kept for a client whose connection broke; above it, the session ends. */
  readonly sleepingStanzasPerSessionMax: number;
  readonly sleepingBytesPerSessionMax: number;
  /** Such sessions, and what is kept for all of them; above it, the oldest ends. */
  readonly sleepingSessionsMax: number;
  readonly sleepingBytesMax: number;
  /** Sessions that are over, of which it is known how much was handled. */
  readonly pastSessionsMax: number;
  readonly rosterItemsMax: number;
  readonly rosterNameCharactersMax: number;
  readonly rosterGroupsPerItemMax: number;
  /** Subscription requests that wait for an answer, for each account. */
  readonly requestsPerAccountMax: number;
  readonly directedPresencesPerSessionMax: number;
  readonly offlineMessagesPerAccountMax: number;
  readonly archiveMessagesPerAccountMax: number;
  readonly archivePageMax: number;
  /** How long a channel may take to answer a join or a leave. */
  readonly channelAnswerMs: number;
  /** For how long an answer that comes later than that still has its effect. */
  readonly channelLateAnswerMs: number;
  readonly channelRequestsPerAccountMax: number;
  /** How long a client may take to say whether it knows channels. */
  readonly capabilityMs: number;
  /** What waits for a client until it has said so; the rest is in the archive. */
  readonly heldStanzasPerSessionMax: number;
  readonly vcardBytesMax: number;
  readonly blockedJidsPerAccountMax: number;
  readonly pepNodesPerAccountMax: number;
  /** What a node may hold at most, where its owner asks for more than one item. */
  readonly pepItemsPerNodeMax: number;
  readonly pepNodeNameBytesMax: number;
  readonly pepItemIdBytesMax: number;
  /** All items of all nodes; each counts for 1 KiB more than it holds. */
  readonly pepBytesPerAccountMax: number;
  /** Nodes whose events one client can ask for. */
  readonly pepInterestsPerSessionMax: number;
  readonly httpBodyBytesMax: number;
  /** WebSockets are among them. */
  readonly httpConnectionsMax: number;
  readonly registrationsPerMinuteMax: number;
  /** PBKDF2 rounds for new passwords; those already stored keep theirs. */
  readonly passwordIterations: number;
  readonly passwordCharactersMin: number;
  readonly passwordCharactersMax: number;
  readonly passwordChangesPerMinuteMax: number;
  readonly inviteDays: number;
  /** Invites of one account that nobody has used yet. */
  readonly invitesPerAccountMax: number;
  readonly uploadBytesMax: number;
  readonly uploadBytesPerAccountPerDayMax: number;
  readonly uploadsPerAccountPerDayMax: number;
  readonly uploadBytesTotalMax: number;
  readonly uploadsAtOnceMax: number;
  /** From the request for a slot to the beginning of the upload. */
  readonly uploadSlotMs: number;
  /** From the beginning of the upload to its end. */
  readonly uploadMs: number;
  /** For how long a file is kept. */
  readonly uploadDays: number;
  /** Stanzas that are handled before the next commit. */
  readonly tasksPerCommitMax: number;
  /** Stanzas of the service that wait to be handled; above it, the service has to wait. */
  readonly serviceStanzasWaitingMax: number;
  /** How often removed accounts and old rows are looked for. */
  readonly housekeepingMs: number;
}

export const hostLimits: HostLimits = {
  stanzaBytesMax: 262_144,
  unauthenticatedBytesMax: 10_000,
  connectionsMax: 2_000,
  unauthenticatedConnectionsMax: 200,
  authenticateMs: 30_000,
  loginTriesPerConnectionMax: 3,
  loginFailuresPerMinuteMax: 10,
  sessionsPerAccountMax: 20,
  stanzasPerSecondMax: 200,
  outgoingBytesMax: 32 * 1024 * 1024,
  idleMs: 60_000,
  resumeMs: 300_000,
  unacknowledgedStanzasMax: 100_000,
  unacknowledgedBytesMax: 32 * 1024 * 1024,
  ackRequestStanzas: 20,
  ackRequestMs: 1_000,
  sleepingStanzasPerSessionMax: 10_000,
  sleepingBytesPerSessionMax: 8 * 1024 * 1024,
  sleepingSessionsMax: 1_000,
  sleepingBytesMax: 128 * 1024 * 1024,
  pastSessionsMax: 10_000,
  rosterItemsMax: 2_000,
  rosterNameCharactersMax: 1_000,
  rosterGroupsPerItemMax: 20,
  requestsPerAccountMax: 200,
  directedPresencesPerSessionMax: 500,
  offlineMessagesPerAccountMax: 200,
  archiveMessagesPerAccountMax: 100_000,
  archivePageMax: 100,
  channelAnswerMs: 30_000,
  channelLateAnswerMs: 600_000,
  channelRequestsPerAccountMax: 50,
  capabilityMs: 10_000,
  heldStanzasPerSessionMax: 500,
  vcardBytesMax: 131_072,
  blockedJidsPerAccountMax: 1_000,
  pepNodesPerAccountMax: 100,
  pepItemsPerNodeMax: 1_000,
  pepNodeNameBytesMax: 256,
  pepItemIdBytesMax: 3_071,
  pepBytesPerAccountMax: 2 * 1024 * 1024,
  pepInterestsPerSessionMax: 100,
  httpBodyBytesMax: 4_096,
  httpConnectionsMax: 4_000,
  registrationsPerMinuteMax: 20,
  passwordIterations: 10_000,
  passwordCharactersMin: 8,
  passwordCharactersMax: 256,
  passwordChangesPerMinuteMax: 5,
  inviteDays: 7,
  invitesPerAccountMax: 50,
  uploadBytesMax: 26_214_400,
  uploadBytesPerAccountPerDayMax: 262_144_000,
  uploadsPerAccountPerDayMax: 500,
  uploadBytesTotalMax: 5_368_709_120,
  uploadsAtOnceMax: 20,
  uploadSlotMs: 300_000,
  uploadMs: 600_000,
  uploadDays: 30,
  tasksPerCommitMax: 2_000,
  serviceStanzasWaitingMax: 10_000,
  housekeepingMs: 5_000,
};
