import type { Client, RedirectResult } from "../types.js";
import type { WorldClock } from "./clock.js";
import type { Faults } from "./faults.js";
import type { Journal } from "./journal.js";
import type { BrowserContextLike } from "./playwright.js";

export type { Fault, FaultEffect, FaultReport, Faults } from "./faults.js";
export type { Journal, JournalEntry, JournalFilter, WaitOptions } from "./journal.js";
export type { Ending, Moved, TimeSpan, WorldClock } from "./clock.js";

/** One isolated platform: its rows, its clock, its keys, a port of its own. */
export interface World {
  /** Its id in its process. */
  readonly id: string;
  /** The platform's origin: `origin` of clients and verifiers. */
  readonly origin: string;
  /** Where it is steered. */
  readonly controlUrl: string;
  /** Its time. */
  readonly clock: WorldClock;
  /** What shall go wrong. */
  readonly faults: Faults;
  /** What was asked of the platform. */
  readonly journal: Journal;

  /**
   * What a client of this world is made with: `origin`, `workspace` and `appId` of its first application where they are
   * known, and {@link World.navigate}.
   */
  clientOptions(): WorldClientOptions;

  /**
   * `navigate` of clients that {@link World.signIn} is to sign in: an address of hosted login is noted, and a logout is
   * done on the platform.
   */
  readonly navigate: (url: string) => Promise<void>;

  /**
   * Signs a user in to `client`, without pages: begins the client's own login, and hands it the callback. The client
   * must have been made with {@link World.navigate}.
   */
  signIn<Data extends object>(user: string, client: SignInClient<Data>): Promise<RedirectResult>;
  /** Signs a user in without a client: what the application, the browser and the identity provider have afterwards. */
  signIn(user: string, options?: SignInRequest): Promise<SignedIn>;

  /**
   * Signs a browser in to the platform, for Playwright: hosted login then asks "Continue as …?". See
   * {@link completeLogin} for the rest of the way.
   */
  signInBrowser(context: BrowserContextLike, user: string, options?: SignInRequest): Promise<void>;

  /** Adds a workspace, with its applications and users. */
  addWorkspace(workspace: NewWorkspace): Promise<void>;
  /** Adds an application. Its `workspace` may be left out where there is only one. */
  addApplication(application: NewApplication): Promise<void>;
  /** Adds a user. Their `workspace` may be left out where there is only one. */
  addUser(user: NewUser): Promise<void>;

  /** Locks a workspace, as after a paid period that ended. */
  lockWorkspace(name: string): Promise<void>;
  /** Takes the lock off. */
  unlockWorkspace(name: string): Promise<void>;
  /** Revokes every active session of a user, and destroys the data in them. How many there were. */
  revokeSessions(user: string): Promise<number>;

  /** Keeps everything that the world is; what to {@link World.restore}. */
  snapshot(): Promise<string>;
  /** Makes the world what it was. */
  restore(snapshot: string): Promise<void>;

  /**
   * Another isolated world of the same process, the demo unless said. Its clock stands still unless said. One takes
   * some milliseconds, so that each test can have its own; `close` it, or it ends with the first.
   */
  startWorld(options?: WorldOptions): Promise<World>;

  /**
   * Any call of the control API, for what has no method here.
   *
   * @param path - below {@link World.controlUrl}: `/edge`
   * @returns what it answers
   */
  control(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown>;

  /**
   * Ends the world; the first one ends the process with all its worlds. What was attached to goes on. Everything that
   * was started ends with this process anyhow.
   */
  close(): Promise<void>;
}

/** See {@link World.clientOptions}. */
export interface WorldClientOptions {
  origin: string;
  workspace: string;
  appId: string;
  navigate: (url: string) => Promise<void>;
}

/** As much of a client as is needed to sign it in. */
export type SignInClient<Data extends object = Record<string, unknown>> = Pick<Client<Data>, "signIn" | "handleRedirect">;

/** Where a user signs in. */
export interface SignInRequest {
  /** The `appId`; the world's first application by default. */
  application?: string;
  /** One of those that are registered; the first by default. */
  redirectUri?: string;
  /** Comes back in the callback URL. */
  state?: string;
  /** Whether to make a USER token, for the management API and self-service. */
  userToken?: boolean;
  /** Whether to make a SUPPORT token for the application's workspace. */
  support?: boolean;
}

/** What there is after a sign-in. */
export interface SignedIn {
  readonly sessionToken: string;
  readonly identityToken: string;
  /** The user's id. */
  readonly userId: string;
  /** Where the browser lands; `undefined` for an application without a redirect URI. */
  readonly callbackUrl: string | undefined;
  /** What the browser keeps. */
  readonly cookies: readonly PlatformCookie[];
  readonly userToken: string | undefined;
  readonly supportToken: string | undefined;
}

/** A cookie of the platform's origin. */
export interface PlatformCookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly sameSite: "Lax" | "None" | "Strict";
}

/** What another world begins with. */
export interface WorldOptions {
  workspaces?: readonly NewWorkspace[];
  /** How missing and dead session tokens are answered: `published` and `legacy` are older deployments. */
  profile?: "default" | "published" | "legacy";
  /** Whether the clock goes on by itself. */
  clock?: "frozen" | "running";
  /** What the clock shows at first: 2026-01-01T00:00:00Z by default, or the system's time when it runs. */
  startsAt?: Date | string;
  /** Makes the world reproducible: the same number and the same requests give the same bytes. */
  seed?: number;
  /** Whether a request is refused that names a `userId`, `workspaceId` or `tenantId`. */
  strict?: boolean;
  payment?: { provider?: boolean; testSwitches?: boolean };
}

/** A workspace to add. */
export interface NewWorkspace {
  name: string;
  id?: number;
  /** Free by default: 20 active sessions, payloads of 2048 bytes. */
  planName?: "free" | "base" | "pro";
  acceptAnonimous?: boolean;
  enableSelfService?: boolean;
  applications?: readonly NewApplication[];
  users?: readonly NewUser[];
}

/** An application to add. */
export interface NewApplication {
  appId: string;
  id?: number;
  workspace?: string;
  displayName?: string;
  /** Where hosted login may come back to. They match exactly and only themselves. */
  redirectUris?: readonly string[];
  /** A week by default. */
  sessionTokenTtlSeconds?: number;
  /** For ever by default. */
  sessionPayloadTtlSeconds?: number;
}

/** A user to add. */
export interface NewUser {
  email: string;
  id?: number;
  workspace?: string;
  name?: string;
  /** What they type at hosted login. Without it only tests can sign them in. */
  password?: string;
  role?: "OWNER" | "ADMIN" | "USER";
  emailVerified?: boolean;
}
