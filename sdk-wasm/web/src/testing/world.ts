import type { RedirectResult } from "../types.js";
import { instant, worldClock } from "./clock.js";
import { Control, type Method } from "./control.js";
import { MockError } from "./error.js";
import { faults } from "./faults.js";
import { journal } from "./journal.js";
import { browserCookies, type BrowserContextLike } from "./playwright.js";
import type {
  NewApplication,
  NewUser,
  NewWorkspace,
  PlatformCookie,
  SignInClient,
  SignInRequest,
  SignedIn,
  World,
  WorldClientOptions,
  WorldOptions,
} from "./types.js";

/** What is known of a world from the start. */
export interface Address {
  id: string;
  baseUrl: string;
  controlUrl: string;
  /** Its first application. */
  workspace?: string | undefined;
  appId?: string | undefined;
}

/** A world, steered over HTTP. `end` is what ends it. */
export class MockWorld implements World {
  readonly id: string;
  readonly origin: string;
  readonly controlUrl: string;
  readonly clock;
  readonly faults;
  readonly journal;
  #control: Control;
  #address: Address;
  #end: () => Promise<void>;
  #ended: Promise<void> | undefined;
  /** The address of hosted login that a client went to last. */
  #page: string | undefined;

  constructor(address: Address, end: () => Promise<void>) {
    this.id = address.id;
    this.origin = address.baseUrl;
    this.controlUrl = address.controlUrl;
    this.#address = address;
    this.#end = end;
    this.#control = new Control(address.controlUrl);
    this.clock = worldClock(this.#control);
    this.faults = faults(this.#control);
    this.journal = journal(this.#control);
  }

  clientOptions(): WorldClientOptions {
    const { origin, navigate } = this;
    const { workspace, appId } = this.#address;
    if (workspace === undefined || appId === undefined) {
      throw new MockError("which application this world began with is not known here: give the client `workspace` and `appId` yourself");
    }
    return { origin, workspace, appId, navigate };
  }

  navigate = async (url: string): Promise<void> => {
    const { origin, pathname } = new URL(url);
    if (origin !== this.origin) {
      throw new MockError(`a client of ${origin} navigates here, and this world is ${this.origin}: make it with this world's \`origin\``);
    }
    if (pathname !== "/api/v1/auth/logout") this.#page = url;
    else await this.#logOut(url);
  };

  async #logOut(url: string): Promise<void> {
    const { status } = await fetch(url, { redirect: "manual" });
    if (status !== 302) throw new MockError(`the platform refused the logout with ${status}: is \`returnTo\` a registered page?`);
  }

  signIn<Data extends object>(user: string, client: SignInClient<Data>): Promise<RedirectResult>;
  signIn(user: string, options?: SignInRequest): Promise<SignedIn>;
  signIn(user: string, how: SignInClient | SignInRequest = {}): Promise<RedirectResult | SignedIn> {
    return "handleRedirect" in how ? this.#signInClient(user, how) : this.#signIn(user, how);
  }

  async #signInClient(user: string, client: SignInClient): Promise<RedirectResult> {
    this.#page = undefined;
    const begun = client.signIn();
    // It navigates in the tick of the call: whoever else signs in meanwhile has a page of their own.
    let page = this.#page as string | undefined;
    await begun;
    page ??= this.#page;
    if (page === undefined) {
      throw new MockError("the client went elsewhere: make it with `navigate: world.navigate`, or with `...world.clientOptions()`");
    }
    const asked = new URL(page).searchParams;
    const text = (name: string) => asked.get(name) ?? undefined;
    const request = { application: text("app_id"), redirectUri: text("redirect_uri"), state: text("state") };
    const { callbackUrl } = await this.#signIn(user, request);
    if (callbackUrl === undefined) throw new MockError("the application has no redirect URI: register the client's");
    return client.handleRedirect(callbackUrl);
  }

  async #signIn(user: string, { application = this.#address.appId, ...more }: Partial<Loose<SignInRequest>>): Promise<SignedIn> {
    if (application === undefined) throw new MockError("`application` is missing: say which `appId` to sign in to");
    const raw = await this.#control.exact<Raw>("POST", "/sign-in", { user, application, ...more });
    const { callbackUrl, userToken, supportToken, ...rest } = raw;
    return { ...rest, callbackUrl: callbackUrl ?? undefined, userToken: userToken ?? undefined, supportToken: supportToken ?? undefined };
  }

  async signInBrowser(context: BrowserContextLike, user: string, options: SignInRequest = {}): Promise<void> {
    const { cookies } = await this.#signIn(user, options);
    await context.addCookies(browserCookies(this.origin, cookies));
  }

  async addWorkspace(workspace: NewWorkspace): Promise<void> {
    await this.#control.call("POST", "/workspaces", workspace);
  }

  async addApplication(application: NewApplication): Promise<void> {
    await this.#control.call("POST", "/applications", application);
  }

  async addUser(user: NewUser): Promise<void> {
    await this.#control.call("POST", "/users", user);
  }

  async lockWorkspace(name: string): Promise<void> {
    await this.#control.call("POST", `/workspaces/${encodeURIComponent(name)}/lock`);
  }

  async unlockWorkspace(name: string): Promise<void> {
    await this.#control.call("POST", `/workspaces/${encodeURIComponent(name)}/unlock`);
  }

  async revokeSessions(user: string): Promise<number> {
    const { revoked } = await this.#control.call<{ revoked: number }>("POST", "/sessions/revoke", { user });
    return revoked;
  }

  async snapshot(): Promise<string> {
    const { snapshot } = await this.#control.call<{ snapshot: string }>("POST", "/worlds/self/snapshot");
    return snapshot;
  }

  async restore(snapshot: string): Promise<void> {
    await this.#control.call("POST", "/worlds/self/restore", { snapshot });
  }

  async startWorld({ startsAt, ...options }: WorldOptions = {}): Promise<World> {
    const asked = startsAt === undefined ? options : { ...options, startsAt: instant(startsAt) };
    const made = await this.#control.call<Address & { workspaces: NewWorkspace[] }>("POST", "/worlds", asked);
    const first = made.workspaces.find(({ applications = [] }) => applications.length > 0);
    const address = { ...made, workspace: first?.name, appId: first?.applications?.[0]?.appId };
    return new MockWorld(address, async () => void (await this.#control.call("DELETE", `/worlds/${made.id}`)));
  }

  control(method: Method, path: string, body?: unknown): Promise<unknown> {
    return this.#control.call(method, path, body);
  }

  close(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }
}

type Loose<Members> = { [Key in keyof Members]?: Members[Key] | undefined };

interface Raw {
  sessionToken: string;
  identityToken: string;
  userId: string;
  cookies: PlatformCookie[];
  callbackUrl?: string | null;
  userToken?: string | null;
  supportToken?: string | null;
}
