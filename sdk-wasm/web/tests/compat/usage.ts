// What the declarations promise. It is compiled, never run.

import {
  HostedLoginNavigationError,
  SecureFlows,
  SecureFlowsHttpError,
  defaultCallbackRedirectUri,
  isSessionSignedOutError,
  isSessionSignedOutStatus,
  sessionStorageKeys,
} from "@secureflows/web/compat";
import { expectTypeOf } from "expect-type";

const sf = new SecureFlows({ origin: "https://www.secure-flows.com", workspace: "acme", appId: "web", ttlSeconds: 60, payload: { a: 1 } });

expectTypeOf(sf.getToken()).toEqualTypeOf<string | null>();
expectTypeOf(sf.ensureSession()).resolves.toEqualTypeOf<string | null>();
expectTypeOf(sf.login({ redirectUri: defaultCallbackRedirectUri(), ttlSeconds: 0, payload: {} })).resolves.toBeVoid();
expectTypeOf(sf.logout()).resolves.toBeVoid();
expectTypeOf(sf.logoutWithRedirect({ redirectUri: "https://app.example/" })).resolves.toBeVoid();
expectTypeOf(sf.fetchSession("t")).resolves.toEqualTypeOf<Record<string, unknown>>();
expectTypeOf(sf.fetchSession<{ theme: string }>("t")).resolves.toEqualTypeOf<{ theme: string }>();
expectTypeOf(sf.fetchSessionIdentity("t")).resolves.toEqualTypeOf<{ userId: number | string | null; email: string | null }>();
expectTypeOf(sessionStorageKeys("web").token).toBeString();
expectTypeOf(sessionStorageKeys("web", "acme").state).toBeString();
expectTypeOf(isSessionSignedOutStatus(410, "")).toBeBoolean();
expectTypeOf(new HostedLoginNavigationError("")).toExtend<Error>();

// @ts-expect-error the workspace is missing
new SecureFlows({ origin: "https://www.secure-flows.com", appId: "web" });
// @ts-expect-error where to come back to is missing
void sf.login({});

export function told(error: unknown): number | undefined {
  if (!isSessionSignedOutError(error)) return undefined;
  expectTypeOf(error).toEqualTypeOf<SecureFlowsHttpError>();
  expectTypeOf(error.body).toBeString();
  return error.status;
}
