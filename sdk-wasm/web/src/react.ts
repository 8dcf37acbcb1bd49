"use client";

export {
  SecureFlowsProvider,
  SignedIn,
  SignedOut,
  type GateProps,
  type SecureFlowsProviderProps,
} from "./react/components.js";
export type { Next, SetValue, ValueResult, ValueStatus } from "./react/entry.js";
export {
  createHooks,
  useClient,
  useIdentity,
  useSession,
  useValue,
  type Hooks,
} from "./react/hooks.js";
export type { Session } from "./react/store.js";
