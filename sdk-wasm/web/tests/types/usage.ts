// What the declarations promise. It is compiled, never run.

import { createClient, isSignedOut, SecureFlowsError, type AuthState, type Client, type RedirectResult } from "@secureflows/web";
import { createClient as createSlim, load } from "@secureflows/web/slim";
import { expectTypeOf } from "expect-type";

interface Data {
  theme: "dark" | "light";
  cart: { items: string[] };
}

const options = { workspace: "acme", appId: "acme-web", redirectUri: "https://app.example/" };
const sf = createClient<Data>(options);

expectTypeOf(sf).toEqualTypeOf<Client<Data>>();
expectTypeOf(sf.state).toEqualTypeOf<AuthState>();
expectTypeOf(sf.get("theme")).resolves.toEqualTypeOf<"dark" | "light" | undefined>();
expectTypeOf(sf.set("theme", "dark")).resolves.toEqualTypeOf<Partial<Data>>();
expectTypeOf(sf.update("cart", (cart) => cart ?? { items: [] })).resolves.toEqualTypeOf<{ items: string[] }>();
expectTypeOf(sf.payload()).resolves.toEqualTypeOf<Partial<Data>>();
expectTypeOf(sf.delete("cart")).resolves.toBeBoolean();
expectTypeOf(sf.getJson("anything")).resolves.toEqualTypeOf<string | undefined>();
expectTypeOf(sf.handleRedirect()).resolves.toEqualTypeOf<RedirectResult>();
expectTypeOf(sf.identity()).resolves.toHaveProperty("userId").toEqualTypeOf<string | undefined>();
expectTypeOf(sf.fetch("https://api.example/")).resolves.toEqualTypeOf<Response>();
expectTypeOf(sf.subscribe(() => {})).toEqualTypeOf<() => void>();
expectTypeOf(sf.watch("theme", (theme) => expectTypeOf(theme).toEqualTypeOf<"dark" | "light" | undefined>())).returns.toBeVoid();
expectTypeOf(createSlim<Data>(options)).toEqualTypeOf<Client<Data>>();
expectTypeOf(load("/core.wasm")).resolves.toBeVoid();

// @ts-expect-error a key that is not of the data
void sf.get("thme");
// @ts-expect-error a value that is not of the key
void sf.set("theme", "blue");
// @ts-expect-error the word is needed
void sf.destroyAllData({});
// @ts-expect-error an option is missing
createClient({ workspace: "acme" });

// Without types of one's own, any key holds anything that is JSON.
const loose = createClient(options);
expectTypeOf(loose.get("whatever")).resolves.toBeUnknown();

export function told(error: unknown, state: AuthState): string {
  if (isSignedOut(error)) {
    expectTypeOf(error).toEqualTypeOf<SecureFlowsError>();
    expectTypeOf(error.code).not.toBeAny();
  }
  switch (state.status) {
    case "signedOut":
      expectTypeOf(state.data).toEqualTypeOf<"intact" | "destroyed" | "unknown">();
      return state.reason;
    case "signedIn":
    case "signingIn":
    case "locked":
      return state.status;
  }
}
