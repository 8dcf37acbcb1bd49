// What users write, as their compilers see it; `@ts-expect-error` is a promise that something is refused.

import { createClient, type RedirectResult } from "@secureflows/web";
import { createVerifier, isVerifyError, type User, type Verify } from "@secureflows/web/server";
import { attachMock, completeLogin, startMock, type SignedIn, type World } from "@secureflows/web/testing";
import { expectTypeOf } from "expect-type";
import type { BrowserContext, Page } from "playwright-core";

const verify = createVerifier({ keepAccepted: 1000 });
expectTypeOf(verify).toEqualTypeOf<Verify>();
expectTypeOf(verify(new Request("http://a"))).resolves.toEqualTypeOf<User>();
void verify(new Headers());
void verify({ headers: { authorization: "Bearer t", cookie: ["a", "b"] } });
void verify(null);
// @ts-expect-error: no credentials
void verify(7);
// @ts-expect-error: an option that is none
createVerifier({ keepAcepted: 1 });

export function answer(error: unknown): Response | undefined {
  if (!isVerifyError(error)) return undefined;
  expectTypeOf(error.status).toEqualTypeOf<401 | 403 | 503>();
  return error.toResponse();
}

export async function use(context: BrowserContext, page: Page): Promise<void> {
  const world = await startMock({ profile: "published" });
  expectTypeOf(world).toEqualTypeOf<World>();
  expectTypeOf(attachMock).returns.resolves.toEqualTypeOf<World>();
  const client = createClient<{ theme: string }>({ ...world.clientOptions(), redirectUri: "http://localhost/" });
  expectTypeOf(world.signIn("ada@example.com", client)).resolves.toEqualTypeOf<RedirectResult>();
  expectTypeOf(world.signIn("ada@example.com", { state: "s" })).resolves.toEqualTypeOf<SignedIn>();
  expectTypeOf(await world.clock.now()).toEqualTypeOf<Date>();
  await world.faults.add({ operation: "sessions.set", effect: { kind: "status", status: 503 } });
  // @ts-expect-error: an effect that is none
  await world.faults.add({ operation: "sessions.set", effect: { kind: "explode" } });
  // @ts-expect-error: a number of what?
  await world.clock.advance(7);
  await world.signInBrowser(context, "ada@example.com");
  await completeLogin(page, { user: "ada@example.com", password: "p" });
}
